// An engine of its own that scans a folder until it is killed; says "started" once the job exists
// and "ended" once it is done. Tests only.

import { isCaseFolder } from '../../case/open-case.ts';
import { createClient, createEngine } from '../../index.ts';
import { ended } from '../../testing/scanned.ts';
import { say } from './scanned.ts';

const [folder, media, appDataFolder] = process.argv.slice(2) as [string, string, string];
const client = createClient(await createEngine({ appDataFolder }));
if (isCaseFolder(folder)) await client.case.open({ folder });
else await client.case.create({ folder, title: 'D', reference: '' });
const waiting = (await client.job.list()).find((job) => ['queued', 'running'].includes(job.state));
const { id } = waiting ?? (await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40 }));
say('started');
const state = await ended(client, id);
if (state !== 'done') throw new Error(state);
say('ended');
setInterval(() => {}, 1000);
