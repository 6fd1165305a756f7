// `npm run bench`: every measure as a ratio within this one run. `npm run bench -- network` runs
// one of them, numbers behind a name go to it.
import { benchAgainstPyTorch } from './against-pytorch.ts';
import { benchAlike } from './alike.ts';
import { benchSize } from './case-size.ts';
import { benchFarm } from './farm.ts';
import { benchGrid } from './grid-100k.ts';
import { benchGridWindow } from './grid-window.ts';
import { benchMillion } from './million-faces.ts';
import { benchCopies } from './near-copies.ts';
import { benchProfile } from './network-profile.ts';
import { benchNetwork } from './network-speed.ts';
import { benchGroups } from './person-groups.ts';
import { benchPhotographs } from './photographs.ts';
import { benchProviders } from './providers.ts';
import { benchReport } from './report-size.ts';
import { benchMemory } from './scan-memory.ts';
import { benchScan } from './scan-throughput.ts';
import { benchTraining } from './training-step.ts';
import { benchVideo } from './video-throughput.ts';

const BENCHES: Readonly<Record<string, (arguments_: readonly string[]) => Promise<string[]> | AsyncIterable<string>>> =
  {
    grid: benchGrid,
    window: benchGridWindow,
    network: benchNetwork,
    pytorch: benchAgainstPyTorch,
    providers: benchProviders,
    profile: benchProfile,
    scan: benchScan,
    memory: benchMemory,
    photographs: benchPhotographs,
    video: benchVideo,
    training: benchTraining,
    farm: benchFarm,
    alike: benchAlike,
  };
/** Run only when named: they take minutes and gigabytes, or need faces that are not here. */
const ON_DEMAND: typeof BENCHES = {
  million: benchMillion,
  report: benchReport,
  size: benchSize,
  groups: benchGroups,
  copies: benchCopies,
};
const wanted = process.argv.slice(2);
const named = wanted.filter((one) => one in BENCHES || one in ON_DEMAND);
for (const [name, run] of Object.entries({ ...BENCHES, ...ON_DEMAND })) {
  if (named.length > 0 ? !named.includes(name) : name in ON_DEMAND) continue;
  console.log(`== ${name}`);
  for await (const line of await run(wanted)) console.log(line);
}
