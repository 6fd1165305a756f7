// An engine of its own that writes a case's report until it is killed; says "started" just before. Tests only.
import { createClient, createEngine } from '../../index.ts';

const [folder, file, appDataFolder] = process.argv.slice(2) as [string, string, string];
const client = createClient(await createEngine({ appDataFolder }));
await client.case.open({ folder });
process.stdout.write('started\n');
await client.report.export({ options: {}, format: 'pdf', path: file });
setInterval(() => {}, 1000);
