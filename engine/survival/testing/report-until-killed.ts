// An engine of its own that writes a case's report until it is killed; says "started" just before and "ended" after. Tests only.
import { createClient, createEngine } from '../../index.ts';
import { say } from './scanned.ts';

const [folder, file, appDataFolder] = process.argv.slice(2) as [string, string, string];
const client = createClient(await createEngine({ appDataFolder }));
await client.case.open({ folder });
say('started');
await client.report.export({ options: {}, format: 'pdf', path: file });
say('ended');
setInterval(() => {}, 1000);
