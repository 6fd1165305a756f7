// How far examiners agree, from their latest opinions. In blind mode only subjects the viewer has decided are counted.
import type { Agreement } from '../../contract/agreement.ts';
import type { EvidenceId, FaceId } from '../../contract/brand.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import { query } from './case-database.ts';
import { hidesFrom } from './finding.ts';
import type { Viewer } from './finding-filter.ts';
import type { ReadableCase } from './open-case.ts';

type Given = {
  evidenceId: EvidenceId;
  faceId: FaceId | null;
  relativePath: string;
  examiner: string;
  conclusion: Conclusion;
  blind: boolean;
};

const CONCLUSIONS: readonly Conclusion[] = ['genuine', 'forged', 'inconclusive'];

/** Statistics over the whole case, as `viewer` may see them. */
export function readAgreement(opened: ReadableCase, viewer: Viewer): Agreement {
  const given = currentOpinions(opened).filter((one) => !hidesFrom(opened, viewer, one.evidenceId, one.faceId));
  const subjects = [...Map.groupBy(given, (one) => `${one.evidenceId}/${one.faceId ?? 0}`).values()];
  const reviewed = subjects.filter((one) => one.length > 1);
  return {
    subjects: subjects.length,
    reviewed: reviewed.length,
    blind: given.filter((one) => one.blind).length,
    opinions: given.length,
    pairs: pairsOf(reviewed),
    disagreements: reviewed.filter((one) => new Set(one.map((o) => o.conclusion)).size > 1).map(disagreementFrom),
  };
}

function currentOpinions({ db }: ReadableCase): Given[] {
  return db
    .all(
      query
        .selectFrom('current_opinion as c')
        .innerJoin('opinion as o', 'o.id', 'c.opinion_id')
        .innerJoin('examiner as x', 'x.id', 'c.examiner_id')
        .innerJoin('evidence as e', 'e.id', 'c.evidence_id')
        .select(['c.evidence_id', 'o.face_id', 'e.relative_path', 'x.name', 'c.conclusion', 'o.blind'])
        .where('c.conclusion', '<>', 'withdrawn')
        .orderBy('c.evidence_id')
        .orderBy('c.face_id')
        .orderBy('c.examiner_id'),
    )
    .map((row) => ({
      evidenceId: row.evidence_id as EvidenceId,
      faceId: row.face_id as FaceId | null,
      relativePath: row.relative_path,
      examiner: row.name,
      conclusion: row.conclusion as Conclusion,
      blind: row.blind === 1,
    }));
}

const disagreementFrom = (all: readonly Given[]): Agreement['disagreements'][number] => {
  const { evidenceId, faceId, relativePath } = all[0]!;
  return {
    evidenceId,
    faceId,
    relativePath,
    conclusions: all.map(({ examiner, conclusion, blind }) => ({ examiner, conclusion, blind })),
  };
};

function pairsOf(reviewed: readonly (readonly Given[])[]): Agreement['pairs'] {
  const pairs = new Map<string, [Given, Given][]>();
  for (const all of reviewed)
    all.forEach((a, i) => {
      for (const b of all.slice(i + 1)) {
        const [first, second] = a.examiner < b.examiner ? [a, b] : [b, a];
        const key = JSON.stringify([first.examiner, second.examiner]);
        pairs.set(key, [...(pairs.get(key) ?? []), [first, second]]);
      }
    });
  return [...pairs.values()]
    .map((both) => ({
      first: both[0]![0].examiner,
      second: both[0]![1].examiner,
      both: both.length,
      same: both.filter(([a, b]) => a.conclusion === b.conclusion).length,
      kappa: kappaOf(both.map(([a, b]) => [a.conclusion, b.conclusion])),
    }))
    .sort((a, b) => (a.first + a.second < b.first + b.second ? -1 : 1));
}

/** Cohen's kappa (1960): observed agreement beyond that of chance, as a share of what is beyond chance. */
export function kappaOf(pairs: readonly (readonly [Conclusion, Conclusion])[]): number | null {
  if (pairs.length === 0) return null;
  const share = (side: 0 | 1, value: Conclusion) => pairs.filter((pair) => pair[side] === value).length / pairs.length;
  const observed = pairs.filter(([a, b]) => a === b).length / pairs.length;
  const chance = CONCLUSIONS.reduce((sum, value) => sum + share(0, value) * share(1, value), 0);
  return chance === 1 ? null : (observed - chance) / (1 - chance);
}
