// `npm run bench`: every measure as a ratio within this one run. `npm run bench -- network` runs one of them.

import { benchGrid } from './grid-100k.ts';
import { benchProfile } from './network-profile.ts';
import { benchNetwork } from './network-speed.ts';
import { benchScan } from './scan-throughput.ts';

const BENCHES = { grid: benchGrid, network: benchNetwork, profile: benchProfile, scan: benchScan } as const;
const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`== ${name}`);
  for (const line of await run()) console.log(line);
}
