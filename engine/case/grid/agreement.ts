// How far examiners agree, from the opinions that stand. In blind mode only faces and files that the
// viewer has decided are counted.
//
// [Note: whose opinion on what] An opinion on a track and one on a face of it are two statements
// about one head: each counts as an opinion, the head counts once, and so it does however many scans
// and models followed it. Two examiners are compared where something both said holds for one and the
// same face or file; the same two statements are compared once, however many faces they meet at.
import type { Agreement } from '../../../contract/agreement.ts';
import type { EvidenceId, ExaminerId, FaceId, OpinionId, TrackId } from '../../../contract/brand.ts';
import { type Conclusion, STANDING } from '../../../contract/opinion.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { listExaminers } from '../rows/examiner.ts';
import { placeOf } from '../rows/exhibit.ts';
import type { Viewer } from './finding-filter.ts';

/** What one person's opinion says of one face; `faceId` 0 for the whole file. */
type Held = {
  evidenceId: EvidenceId;
  faceId: number;
  person: ExaminerId;
  opinion: OpinionId;
  trackId: TrackId | null;
  conclusion: Conclusion;
  blind: boolean;
};
/** What holds for one face or file, by the persons' order. */
type AtFace = readonly [Held, ...Held[]];
type Disagreement = Agreement['disagreements'][number];

const CONCLUSIONS = STANDING;

/** Statistics over the whole case, as `viewer` may see them. */
export function readAgreement(opened: ReadableCase, viewer: Viewer): Agreement {
  const counts = { subjects: 0, reviewed: 0, blind: 0, opinions: 0 };
  const names = new Map(listExaminers(opened).map(({ id, name }) => [id, name]));
  const nameOf = ({ person }: Held): string => names.get(person) ?? '';
  const pairs = new Map<string, Comparison[]>();
  const disagreements: Disagreement[] = [];
  for (const file of eachFile(opened)) {
    const faces = file.filter((held) => !viewer.blind || held.some(({ person }) => person === viewer.examinerId));
    if (faces.length === 0) continue;
    const headOf = headsOf(opened, faces);
    counts.subjects += new Set(faces.map(([{ faceId }]) => headOf(faceId))).size;
    const opinions = new Map(faces.flat().map((one) => [one.opinion, one]));
    counts.opinions += opinions.size;
    counts.blind += [...opinions.values()].filter(({ blind }) => blind).length;
    const shared = faces.filter((held) => held.length > 1);
    counts.reviewed += new Set(shared.map(([{ faceId }]) => headOf(faceId))).size;
    for (const [a, b] of comparisonsOf(shared)) {
      const key = JSON.stringify([a, b].map(nameOf));
      const compared = pairs.get(key);
      if (compared) compared.push([a.conclusion, b.conclusion]);
      else pairs.set(key, [[a.conclusion, b.conclusion]]);
    }
    disagreements.push(...disagreementsOf(opened, shared, nameOf));
  }
  return { ...counts, pairs: pairsFrom(pairs), disagreements };
}

/** What holds for the faces of one file after the other, and for the file itself. */
function* eachFile(opened: ReadableCase): Generator<AtFace[], void, undefined> {
  let faces: [Held, ...Held[]][] = [];
  for (const one of eachHeld(opened)) {
    const last = faces.at(-1);
    if (last && last[0].evidenceId !== one.evidenceId) {
      yield faces;
      faces = [];
    }
    const at = faces.at(-1);
    if (at?.[0].faceId === one.faceId) at.push(one);
    else faces.push([one]);
  }
  if (faces.length > 0) yield faces;
}

function* eachHeld({ db }: ReadableCase): Generator<Held, void, undefined> {
  const current = query
    .selectFrom('current_opinion as c')
    .innerJoin('opinion as o', 'o.id', 'c.opinion_id')
    .select(['c.evidence_id', 'c.face_id', 'c.examiner_id', 'c.opinion_id', 'c.track_id', 'c.conclusion', 'o.blind'])
    .where('c.conclusion', '<>', 'withdrawn')
    .orderBy('c.evidence_id')
    .orderBy('c.face_id')
    .orderBy('c.examiner_id');
  for (const row of db.each(current))
    yield {
      evidenceId: row.evidence_id as EvidenceId,
      faceId: row.face_id,
      person: row.examiner_id as ExaminerId,
      opinion: row.opinion_id as OpinionId,
      trackId: row.track_id as TrackId | null,
      conclusion: row.conclusion as Conclusion,
      blind: row.blind === 1,
    };
}

/**
 * Tells faces of one file that are one head: those that tracks lead to from one another, by
 * whichever scan. A face in no track is a head of its own, the whole file (0) is none of them.
 */
function headsOf({ db }: ReadableCase, faces: readonly AtFace[]): (faceId: number) => number {
  const [[{ evidenceId }]] = faces as [AtFace];
  const inTracks = query
    .selectFrom('track_face as tf')
    .innerJoin('track as t', 't.id', 'tf.track_id')
    .innerJoin('video_scan as s', 's.id', 't.video_scan_id')
    .select(['tf.track_id', 'tf.face_id'])
    .where('s.evidence_id', '=', evidenceId)
    // Of tracks with the same faces the first is enough.
    .where('t.id', 'not in', query.selectFrom('same_track').select('track_id'));
  const leader = new Map<number, number>();
  const find = (face: number): number => {
    let head = face;
    for (let next = leader.get(head); next !== undefined && next !== head; next = leader.get(head)) head = next;
    leader.set(face, head);
    return head;
  };
  const firsts = new Map<number, number>();
  for (const { track_id, face_id } of db.all(inTracks)) {
    const first = firsts.get(track_id);
    if (first === undefined) firsts.set(track_id, face_id);
    else leader.set(find(face_id), find(first));
  }
  return find;
}

type Comparison = [Conclusion, Conclusion];

/** Every two statements of two persons that meet at a face, once. */
function comparisonsOf(shared: readonly AtFace[]): [Held, Held][] {
  const met = new Map<string, [Held, Held]>();
  for (const held of shared)
    held.forEach((a, i) => {
      for (const b of held.slice(i + 1)) met.set(`${a.opinion}/${b.opinion}`, [a, b]);
    });
  return [...met.values()];
}

/** The first face of each set of statements that differ. */
function disagreementsOf(
  opened: ReadableCase,
  shared: readonly AtFace[],
  nameOf: (one: Held) => string,
): Disagreement[] {
  const differ = shared.filter((held) => new Set(held.map(({ conclusion }) => conclusion)).size > 1);
  const once = Map.groupBy(differ, (held) => held.map(({ opinion }) => opinion).join());
  return [...once.values()].map(([held]) => ({
    ...fileOf(opened, held![0].evidenceId),
    faceId: (held![0].faceId || null) as FaceId | null,
    conclusions: held!.map((one) => ({
      examiner: nameOf(one),
      conclusion: one.conclusion,
      blind: one.blind,
      onTrack: one.trackId !== null,
    })),
  }));
}

function fileOf(
  { db }: ReadableCase,
  evidenceId: EvidenceId,
): Pick<Disagreement, 'evidenceId' | 'relativePath' | 'shownPath'> {
  const row = db.first(query.selectFrom('evidence').select(['root', 'relative_path']).where('id', '=', evidenceId))!;
  return {
    evidenceId,
    relativePath: row.relative_path,
    shownPath: placeOf(db, row.root, row.relative_path).shownPath,
  };
}

/** By names; of each two the one whose name comes first is the first. */
const pairsFrom = (pairs: ReadonlyMap<string, readonly Comparison[]>): Agreement['pairs'] =>
  [...pairs]
    .map(([key, both]) => {
      const names = JSON.parse(key) as [string, string];
      const isInOrder = names[0] < names[1];
      return {
        first: names[isInOrder ? 0 : 1],
        second: names[isInOrder ? 1 : 0],
        both: both.length,
        same: both.filter(([a, b]) => a === b).length,
        kappa: kappaOf(isInOrder ? both : both.map(([a, b]) => [b, a])),
      };
    })
    .sort((a, b) => (a.first + a.second < b.first + b.second ? -1 : 1));

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
