// An engine of its own that scans a folder until it is killed; says "started" once the job exists. Tests only.
import { createClient, createEngine } from '../../index.ts';

const [folder, media, appDataFolder] = process.argv.slice(2) as [string, string, string];
const client = createClient(await createEngine({ appDataFolder }));
await client.case.open({ folder }).catch(() => client.case.create({ folder, title: 'D', reference: '' }));
const waiting = (await client.job.list()).some((job) => ['queued', 'running'].includes(job.state));
if (!waiting) await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40 });
process.stdout.write('started\n');
setInterval(() => {}, 1000);
