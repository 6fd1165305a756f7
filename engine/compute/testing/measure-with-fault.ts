// Measures a small network with a driver that has a fault, and says what is then told of WebGPU. A
// process of its own, so that all it shows can be read. Tests only.
import { createDevices } from '../devices.ts';
import { type Fault, spawnWithFault } from './bad-driver.ts';
import { smallModel } from './small-network.ts';

const [fault, folder] = process.argv.slice(2) as [Fault, string];
const devices = createDevices({ folder, clock: () => '2026-01-01T00:00:00.000Z', spawn: spawnWithFault(fault) });
const { providers } = await devices.report(smallModel());
process.stdout.write(`${providers.find((one) => one.provider === 'webgpu')!.detail}\n`);
