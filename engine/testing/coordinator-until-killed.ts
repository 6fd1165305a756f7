// A farm scan in an engine of its own until it is killed; says "started" once the job exists. Tests
// only.
import { createClient, createEngine } from '../index.ts';

const [address, folder, media, appDataFolder] = process.argv.slice(2) as [string, string, string, string];
const client = createClient(await createEngine({ appDataFolder }));
await client.case.create({ folder, title: 'K', reference: '' });
await client.farm.scan({ paths: [media], queue: { address }, inFlight: 4 });
process.stdout.write('started\n');
setInterval(() => {}, 1000);
