// An engine of its own that writes a case's report, in the format of the file's ending, until it is
// killed; says "started" just before and "ended" after. Tests only.
import path from 'node:path';
import { createClient, createEngine } from '../../index.ts';
import { say } from './scanned.ts';

const [folder, file, appDataFolder] = process.argv.slice(2) as [string, string, string];
const client = createClient(await createEngine({ appDataFolder }));
await client.case.open({ folder });
say('started');
const format = path.extname(file).slice(1) as 'pdf' | 'json' | 'csv';
await client.report.export({ options: {}, format, path: file });
say('ended');
setInterval(() => {}, 1000);
