// What the sections of a report look up: files, faces, models by id, which opinions stand and on
// what, and which results count. Made once a report.
import type { EvidenceId, FaceId, ModelId, OpinionId, TrackId } from '../../contract/brand.ts';
import { type Evidence, leftOutOf } from '../../contract/evidence.ts';
import { personKey } from '../../contract/examiner-name.ts';
import type { Model } from '../../contract/model.ts';
import type { Conclusion, Opinion, Subject } from '../../contract/opinion.ts';
import type { HeldRemark } from '../../contract/remark.ts';
import type { ReportDocument, ReportTimeline, ReportTrack } from '../../contract/report.ts';
import type { Taggable } from '../../contract/tag.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { kindLabel } from '../../contract/wording.ts';
import type { PrintedDocument, PrintedFace } from './report-document.ts';
import { trackPlaceWords, whichFaceWords } from './wording.ts';

export type ReportIndex = {
  evidence: ReadonlyMap<EvidenceId, Evidence>;
  faces: ReadonlyMap<FaceId, PrintedFace>;
  models: ReadonlyMap<ModelId, Model>;
  /** Verdicts but those on what an examiner called no face. */
  results: readonly Verdict[];
  /** In the order given. */
  standing: readonly Opinion[];
  /**
   * On a face those on its track too, where they hold for it; with a `trackId` those on the track,
   * whichever scan it was given under.
   */
  standingOn: (subject: Subject) => readonly Opinion[];
  /** True for what was called no face; of a track, all of its faces. */
  isNoFace: (subject: Subject) => boolean;
  /**
   * Of an opinion that was given with the score in view: what its giver had said blind before, of the
   * same face or track, or of one that has a face of it. Undefined where they had not.
   */
  saidBlind: (opinion: Opinion) => Conclusion | undefined;
  /** `, on track 7 of scan 1` for an opinion on a track, else nothing. */
  onTrack: (opinion: Opinion) => string;
  /** Names of the tags on it, in the order in which they were made. */
  tagsOn: (subject: Taggable) => readonly string[];
  /** The name of the group that a face is in; undefined without one. */
  groupOf: (face: FaceId | null) => GroupSaid | undefined;
  /** What of the file of a result without a face was not looked at. */
  leftOutOf: (result: Verdict) => readonly HeldRemark[];
  /** The kind of a result in a table. */
  labelOf: (result: Verdict) => string;
  /** The file below its exhibit, and the face or the track of it. */
  nameOf: (subject: Subject) => string;
};

/** Opinions that stand, with what each holds for. */
export type StandingOpinions = Pick<ReportIndex, 'standing' | 'standingOn'>;

/** Of tracks with the same faces, as scans by several models give, the first; of others itself. */
type FirstOf = (trackId: TrackId) => TrackId;
const itself: FirstOf = (trackId) => trackId;

function firstWithSameFaces(videos: readonly ReportTimeline[]): FirstOf {
  const firsts = new Map<string, TrackId>();
  const firstOf = new Map<TrackId, TrackId>();
  for (const { id, points } of videos.flatMap(({ tracks }) => tracks)) {
    const faces = points
      .map(({ faceId }) => faceId)
      .sort((a, b) => a - b)
      .join();
    firsts.set(faces, firsts.get(faces) ?? id);
    firstOf.set(id, firsts.get(faces)!);
  }
  return (trackId) => firstOf.get(trackId) ?? trackId;
}

/**
 * Of all entries those that stand, everywhere in a report: a note is no opinion, and an opinion on
 * a track is on each face it holds for.
 */
export function standingOpinions(
  entries: Iterable<Opinion>,
  { standing }: Pick<ReportDocument, 'standing'>,
  firstOf: FirstOf = itself,
): StandingOpinions {
  const wholeOf = ({ evidenceId, trackId }: Subject): string =>
    `${evidenceId}/${trackId == null ? '' : firstOf(trackId)}`;
  const facesOf = new Map<OpinionId, readonly FaceId[]>(standing.map((one) => [one.opinion, one.faces]));
  const found: Opinion[] = [];
  const [onFaces, onWholes] = [new Map<FaceId, Opinion[]>(), new Map<string, Opinion[]>()];
  for (const one of entries) {
    const faces = facesOf.get(one.id);
    if (!faces) continue;
    found.push(one);
    for (const face of faces) enter(onFaces, face, one);
    if (one.faceId === null) enter(onWholes, wholeOf(one), one);
  }
  return {
    standing: found,
    standingOn: (subject) =>
      (subject.faceId === null ? onWholes.get(wholeOf(subject)) : onFaces.get(subject.faceId)) ?? [],
  };
}

/** See ReportIndex.saidBlind; `entries` in the order given. */
export function saidBlindBefore(
  entries: Iterable<Opinion>,
  videos: readonly Pick<ReportTimeline, 'tracks'>[],
): (opinion: Pick<Opinion, 'id'>) => Conclusion | undefined {
  const ofTrack = new Map<TrackId, string[]>();
  const ofFace = new Map<FaceId, string[]>();
  for (const { id, points } of videos.flatMap(({ tracks }) => tracks))
    for (const { faceId } of points) {
      enter(ofTrack, id, `face ${faceId}`);
      enter(ofFace, faceId, `track ${id}`);
    }
  /** The subject, and what shares a face with it. */
  const around = ({ evidenceId, faceId, trackId }: Opinion): string[] => {
    if (trackId !== null) {
      const faces = ofTrack.get(trackId) ?? [];
      return [
        `track ${trackId}`,
        ...faces,
        ...faces.flatMap((one) => ofFace.get(Number(one.slice(5)) as FaceId) ?? []),
      ];
    }
    return faceId === null ? [`file ${evidenceId}`] : [`face ${faceId}`, ...(ofFace.get(faceId) ?? [])];
  };
  const blindly = new Map<string, Conclusion>();
  const found = new Map<OpinionId, Conclusion>();
  for (const one of entries) {
    if (one.conclusion === 'withdrawn' || one.conclusion === 'note') continue;
    const who = personKey(one.examinerName);
    const places = around(one).map((place) => `${place} ${who}`);
    if (one.blind) blindly.set(places[0]!, one.conclusion);
    const before = one.blind ? undefined : places.map((place) => blindly.get(place)).find((said) => said !== undefined);
    if (before !== undefined) found.set(one.id, before);
  }
  return ({ id }) => found.get(id);
}

/** Names of tags by what they are on. */
export function tagsBySubject(tags: ReportDocument['tags'] = []): (subject: Taggable) => readonly string[] {
  const [onFaces, onFiles] = [new Map<FaceId, string[]>(), new Map<EvidenceId, string[]>()];
  for (const { name, faces, files } of tags) {
    for (const face of faces) enter(onFaces, face, name);
    for (const file of files) enter(onFiles, file, name);
  }
  return ({ evidenceId, faceId }) => (faceId === null ? onFiles.get(evidenceId) : onFaces.get(faceId)) ?? [];
}

/** Names of groups by the faces in them, each with whose word it is of that face. */
export function groupsByFace(groups: ReportDocument['groups']): (face: FaceId | null) => GroupSaid | undefined {
  const names = new Map<FaceId | null, GroupSaid>();
  for (const { name, namedBy, saidBy, faces } of groups?.named ?? [])
    for (const { who, faces: of } of saidBy ?? [{ who: namedBy, faces }])
      for (const face of of) names.set(face, { name, who });
  return (face) => names.get(face);
}
type GroupSaid = { name: string; who: string };

function enter<K, T>(lists: Map<K, T[]>, key: K, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}

const spanOf = ({ points }: ReportTrack) => ({ fromMs: points[0]!.timeMs, toMs: points.at(-1)!.timeMs });

export function indexOf(document: PrintedDocument): ReportIndex {
  const evidence = new Map(document.evidence.map((one) => [one.id, one]));
  const faces = new Map(document.faces.map((one) => [one.id, one]));
  const tracks = new Map(
    document.videos.flatMap(({ scan, tracks: all }) => all.map((one) => [one.id, { ...one, scan, ...spanOf(one) }])),
  );
  const noFaces = new Set(document.notFaces);
  const leftOut = ({ evidenceId, outcome }: Verdict): readonly HeldRemark[] => {
    const file = outcome.kind === 'noFace' ? evidence.get(evidenceId) : undefined;
    return file ? leftOutOf(file, outcome) : [];
  };
  const whichOf = ({ faceId, trackId }: Subject): string => {
    const track = trackId == null ? undefined : tracks.get(trackId as TrackId);
    if (track) return `, ${trackPlaceWords(track)}`;
    const face = faceId === null ? undefined : faces.get(faceId);
    return face ? whichFaceWords(face) : '';
  };
  return {
    evidence,
    faces,
    models: new Map(document.models.map((one) => [one.id, one])),
    results: document.verdicts.filter(({ faceId }) => faceId === null || !noFaces.has(faceId)),
    ...standingOpinions(document.opinions, document, firstWithSameFaces(document.videos)),
    saidBlind: saidBlindBefore(document.opinions, document.videos),
    isNoFace: ({ faceId, trackId }) =>
      trackId == null
        ? faceId !== null && noFaces.has(faceId)
        : (tracks.get(trackId)?.points.every((one) => noFaces.has(one.faceId)) ?? false),
    onTrack: ({ trackId }) => {
      const track = trackId === null ? undefined : tracks.get(trackId);
      return track ? `, on track ${track.trackIndex + 1} of scan ${track.scan.number}` : '';
    },
    tagsOn: tagsBySubject(document.tags),
    groupOf: groupsByFace(document.groups),
    leftOutOf: leftOut,
    labelOf: (result) => kindLabel(result.outcome.kind, leftOut(result)),
    nameOf: (subject) => `${visibleText(evidence.get(subject.evidenceId)?.shownPath ?? '')}${whichOf(subject)}`,
  };
}
