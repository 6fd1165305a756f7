// An engine of its own that trains a small network until it is killed, taking up the run there is;
// says "started" when the run is under way and "ended" when it is done. Tests only.
import { openEngineParts } from '../../app/testing/engine-parts.ts';
import { say } from './scanned.ts';
import { trainUntilEnded } from './small-run.ts';

const [appDataFolder, portraits] = process.argv.slice(2) as [string, string];
const engine = openEngineParts({ appDataFolder });
const run = await trainUntilEnded(engine, portraits, () => say('started'));
if (run.state !== 'done') throw new Error(run.error ?? run.state);
say('ended');
setInterval(() => {}, 1000);
