// A process that checks the record of a case and lists its log, in as little memory as its own
// options allow, and says on standard output what it found. Tests only.
import { checkRecord } from '../case/custody/record-check.ts';
import { listAudit, walkAudit } from '../case/log/audit.ts';
import { allSteps } from '../case/log/segment.ts';
import { openCase } from '../case/open-case.ts';

const opened = openCase(process.argv[2]!);
const { problems } = allSteps(checkRecord(opened));
const { broken } = walkAudit(opened);
const notShown = listAudit(opened, { limit: 1000 }).filter(({ details }) => 'notShown' in details);
process.stdout.write(JSON.stringify({ problems, broken, notShown: notShown.map(({ seq }) => seq) }));
