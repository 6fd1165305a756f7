// Whether an opinion must carry its reason: a setting of the case. An opinion against a calibrated verdict is one a court will ask about; in
// blind mode nobody is asked, for the question would tell what is hidden.
import type { ReasonRule } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Conclusion, Subject } from '../../../contract/opinion.ts';
import type { Leaning, VerdictOutcome } from '../../../contract/verdict.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit } from '../log/audit.ts';

export const readReasonRule = ({ db }: ReadableCase): ReasonRule =>
  db.first(query.selectFrom('case_info').select('reason_rule'))!.reason_rule as ReasonRule;

/** Changes the rule from now on; opinions already given stand as they are. */
export function setReasonRule(opened: WritableCase, who: string, to: ReasonRule): void {
  opened.db.transaction(() => {
    const from = readReasonRule(opened);
    if (from === to) return;
    opened.db.run(query.updateTable('case_info').set({ reason_rule: to }));
    appendAudit(opened, { who, action: 'case.configured', subject: 'reason of an opinion', details: { from, to } });
  });
}

/** Throws REASON_NEEDED. */
export function checkReason(
  opened: ReadableCase,
  given: Subject & { conclusion: Conclusion; note: string; blind: boolean },
): void {
  if (given.note.trim() !== '' || given.conclusion === 'withdrawn') return;
  const rule = readReasonRule(opened);
  if (rule === 'always') throw needed('every opinion of this case carries one.');
  if (rule === 'never' || given.blind) return;
  const against = leaningAgainst(calibratedLeanings(opened, given), given);
  if (against)
    throw needed(`a calibrated verdict leans ${against === 'towardsForged' ? 'towards forged' : 'towards genuine'}.`);
}

const needed = (why: string): RecceError => new RecceError('REASON_NEEDED', 'the note is empty', why);

/** Leanings of the subject's verdicts that carry a likelihood ratio; of a whole file, those of all its faces. */
function calibratedLeanings({ db }: ReadableCase, { evidenceId, faceId }: Subject): Leaning[] {
  const all = query.selectFrom('verdict').select('outcome').where('evidence_id', '=', evidenceId);
  const scored = all.where('kind', '=', 'scored').where('leaning', 'is not', null);
  return db.all(faceId === null ? scored : scored.where('face_id', '=', faceId)).flatMap(({ outcome }) => {
    const said = storedJson(outcome) as Extract<VerdictOutcome, { kind: 'scored' }>;
    return said.leaning !== null && said.log10LikelihoodRatio !== null ? [said.leaning] : [];
  });
}

/**
 * The leaning an opinion goes against. A file is called genuine against any face that leans to forged; it is called forged against its
 * faces only where every one of them leans to genuine.
 */
function leaningAgainst(leanings: readonly Leaning[], { conclusion, faceId }: { conclusion: Conclusion } & Subject) {
  const opposite = { genuine: 'towardsForged', forged: 'towardsGenuine' } as const;
  if (conclusion !== 'genuine' && conclusion !== 'forged') return undefined;
  const against = opposite[conclusion];
  const all = faceId === null && conclusion === 'forged';
  const fits = all ? leanings.length > 0 && leanings.every((one) => one === against) : leanings.includes(against);
  return fits ? against : undefined;
}
