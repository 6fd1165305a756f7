// A process that writes files into a case until it is killed, naming each on standard output once
// it is committed. Tests only.

import { openCase } from '../open-case.ts';
import { allEvidence } from '../rows/evidence.ts';
import { addFile } from './case-material.ts';

const opened = openCase(process.argv[2]!);
const from = allEvidence(opened).length;
for (let i = from; ; i++) {
  const name = `f${String(i).padStart(6, '0')}.jpg`;
  addFile(opened, name, [0.25, 0.75]);
  process.stdout.write(`${name}\n`);
}
