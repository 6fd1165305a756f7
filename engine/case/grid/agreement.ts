// How far examiners agree, from their latest opinions. In blind mode only subjects the viewer has
// decided are counted.
import { sql } from 'kysely';
import type { Agreement } from '../../../contract/agreement.ts';
import type { EvidenceId, FaceId } from '../../../contract/brand.ts';
import { type Conclusion, STANDING } from '../../../contract/opinion.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { placeOf } from '../rows/exhibit.ts';
import { hidesFrom } from './finding.ts';
import type { Viewer } from './finding-filter.ts';

type Given = {
  evidenceId: EvidenceId;
  faceId: FaceId | null;
  relativePath: string;
  shownPath: string;
  examiner: string;
  conclusion: Conclusion;
  blind: boolean;
};

const CONCLUSIONS = STANDING;

/** Statistics over the whole case, as `viewer` may see them. */
export function readAgreement(opened: ReadableCase, viewer: Viewer): Agreement {
  const counts = { subjects: 0, reviewed: 0, blind: 0, opinions: 0 };
  // Only what several examiners decided is kept: it is what the rest is about, and few beside the
  // others.
  const reviewed: Given[][] = [];
  for (const given of eachSubject(opened)) {
    if (hidesFrom(opened, viewer, given[0]!.evidenceId, given[0]!.faceId)) continue;
    counts.subjects++;
    counts.opinions += given.length;
    counts.blind += given.filter((one) => one.blind).length;
    if (given.length > 1) reviewed.push(given);
  }
  return {
    ...counts,
    reviewed: reviewed.length,
    pairs: pairsOf(reviewed),
    disagreements: reviewed.filter((one) => new Set(one.map((o) => o.conclusion)).size > 1).map(disagreementFrom),
  };
}

/** The current opinions on one subject after the other. */
function* eachSubject(opened: ReadableCase): Generator<Given[], void, undefined> {
  let subject: Given[] = [];
  for (const one of eachCurrentOpinion(opened)) {
    const [first] = subject;
    if (first && (first.evidenceId !== one.evidenceId || first.faceId !== one.faceId)) {
      yield subject;
      subject = [];
    }
    subject.push(one);
  }
  if (subject.length > 0) yield subject;
}

function* eachCurrentOpinion({ db }: ReadableCase): Generator<Given, void, undefined> {
  const current = query
    .selectFrom('current_opinion as c')
    .innerJoin('opinion as o', 'o.id', 'c.opinion_id')
    .innerJoin('examiner as x', 'x.id', 'c.examiner_id')
    .innerJoin('evidence as e', 'e.id', 'c.evidence_id')
    .select(['c.evidence_id', 'e.relative_path', 'e.root', 'x.name', 'c.conclusion', 'o.blind'])
    // One on a track counts once, at its first face.
    .select(sql<number | null>`nullif(min(c.face_id), 0)`.as('face_id'))
    .where('c.conclusion', '<>', 'withdrawn')
    .groupBy([sql`c.evidence_id`, sql`ifnull(-c.track_id, c.face_id)`, sql`c.examiner_id`])
    .orderBy(sql`c.evidence_id, ifnull(-c.track_id, c.face_id), c.examiner_id`);
  for (const row of db.each(current))
    yield {
      evidenceId: row.evidence_id as EvidenceId,
      faceId: row.face_id as FaceId | null,
      relativePath: row.relative_path,
      shownPath: placeOf(db, row.root, row.relative_path).shownPath,
      examiner: row.name,
      conclusion: row.conclusion as Conclusion,
      blind: row.blind === 1,
    };
}

const disagreementFrom = (all: readonly Given[]): Agreement['disagreements'][number] => {
  const { evidenceId, faceId, relativePath, shownPath } = all[0]!;
  return {
    evidenceId,
    faceId,
    relativePath,
    shownPath,
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
        const both = pairs.get(key);
        if (both) both.push([first, second]);
        else pairs.set(key, [[first, second]]);
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

/**
 * Cohen's kappa (1960): observed agreement beyond that of chance, as a share of what is beyond
 * chance.
 */
export function kappaOf(pairs: readonly (readonly [Conclusion, Conclusion])[]): number | null {
  if (pairs.length === 0) return null;
  const share = (side: 0 | 1, value: Conclusion) => pairs.filter((pair) => pair[side] === value).length / pairs.length;
  const observed = pairs.filter(([a, b]) => a === b).length / pairs.length;
  const chance = CONCLUSIONS.reduce((sum, value) => sum + share(0, value) * share(1, value), 0);
  return chance === 1 ? null : (observed - chance) / (1 - chance);
}
