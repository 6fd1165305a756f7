// A case with very many findings, written row by row in SQL: the shape of a real one (a few faces a
// photograph, films with tracks, every kind of result, full-sized outcome records, opinions of two
// examiners), without the days of scanning. For measuring the grid; never opened as evidence.
import sharp from 'sharp';
import type { ExaminerId, Sha256 } from '../contract/brand.ts';
import { createBlobStore } from '../engine/blobs/blob-store.ts';
import type { WritableCase } from '../engine/case/db/case-handle.ts';
import { blobFolder, createCase } from '../engine/case/open-case.ts';
import { addExaminer } from '../engine/case/rows/examiner.ts';
import { keepModel } from '../engine/case/rows/model.ts';
import { defineTag } from '../engine/case/rows/tag.ts';
import { testModel, testParameters } from '../engine/case/testing/case-material.ts';
import { canonicalJson, hashOfValue } from '../engine/files/canonical-json.ts';

const FACES_PER_PHOTOGRAPH = 4;
/** After so many photographs comes a film: a fifth of all faces are in films. */
const PHOTOGRAPHS_PER_FILM = 200;
const FACES_PER_FILM = 200;
const FACES_PER_TRACK = 20;
const KEY_FACES_PER_TRACK = 3;
/**
 * One finding in fifty has an opinion of the first examiner, one in a hundred (too) of the second.
 */
const OPINION_SHARES = [0.02, 0.01] as const;
/** The first tag is on every face, the second on one in ten, the third on one in a hundred. */
const TAGGED_EACH = [1, 10, 100] as const;
const CONCLUSIONS = ['forged', 'genuine', 'genuine', 'inconclusive', 'withdrawn'] as const;
/** Different face pictures in the blob store; a screen of tiles must not be one picture. */
const CROPS = 96;
const CROP_PX = 128;

/** A number in 0..1 that looks like chance and is the same every time (mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Pictures of the size and weight of face crops: smooth, coloured, with grain. */
async function putCrops(folder: string): Promise<Sha256[]> {
  const blobs = createBlobStore(blobFolder(folder));
  const chance = chanceFrom(7);
  return Promise.all(
    Array.from({ length: CROPS }, async () => {
      const base = [chance(), chance(), chance()].map((v) => 60 + 140 * v);
      const pixels = Buffer.from(
        Uint8Array.from({ length: CROP_PX * CROP_PX * 3 }, (_, i) => {
          const x = Math.floor(i / 3) % CROP_PX;
          const y = Math.floor(i / 3 / CROP_PX);
          const round = Math.hypot(x - CROP_PX / 2, y - CROP_PX / 2) < CROP_PX / 3 ? 40 : 0;
          return Math.min(255, base[i % 3]! + round + 24 * (chance() - 0.5));
        }),
      );
      const png = await sharp(pixels, { raw: { width: CROP_PX, height: CROP_PX, channels: 3 } })
        .png()
        .toBuffer();
      return blobs.put(png);
    }),
  );
}

const KINDS = ['faceTooSmall', 'outOfDomain', 'noFace', 'unreadable'] as const;
/** What an outcome without a score says beside its kind. */
const WITHOUT_SCORE: Readonly<Record<string, object>> = {
  faceTooSmall: { sizePx: 30, minimumPx: 40 },
  outOfDomain: { reasons: ['sharpness 3 is below 10'] },
  unreadable: { reason: 'truncated', message: 'It ends early.' },
};

/** The examiner whose opinions a large case has most of. */
export const FIRST_EXAMINER = 1 as ExaminerId;

/** Makes a case of `findings` findings in `folder`. Nine in ten are scored. */
export async function makeLargeCase(folder: string, findings: number): Promise<WritableCase> {
  const opened = createCase(folder, { title: `${findings} findings`, reference: 'BENCH', demonstration: false });
  const crops = await putCrops(folder);
  keepModel(opened, testModel);
  opened.db.raw
    .prepare('INSERT INTO parameters (id, sha256, json) VALUES (1, ?, ?)')
    .run(hashOfValue(testParameters), canonicalJson(testParameters));
  const [first] = ['First', 'Second'].map((name) => addExaminer(opened, name));
  TAGGED_EACH.forEach((each) => {
    defineTag(opened, first!, { name: `One in ${each}` });
  });
  opened.db.transaction(() => writeFiles(opened, findings, crops));
  opened.db.raw.exec('ANALYZE');
  return opened;
}

const AT = '2026-01-01T00:00:00.000Z';
const LANDMARKS = JSON.stringify(Array.from({ length: 68 }, (_, i) => ({ x: i, y: i })));

/** The statements that rows are written with, prepared once. */
function statements({ db }: WritableCase) {
  const into = (table: string, columns: string) =>
    db.raw.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.replaceAll(/\w+/g, '?')})`);
  return {
    evidence: into('evidence', 'path, relative_path, media_type, size_bytes, added_at, sha256, state'),
    face: into(
      'face',
      'evidence_id, frame_index, time_ms, pts, face_index, pipeline_version, finder_sha256, box, finder_score, landmarks, found_at_rotation, quality',
    ),
    verdict: into(
      'verdict',
      'evidence_id, face_id, model_id, pipeline_version, parameters_id, made_at, kind, score, leaning, reason, crop_sha256, box, size_px, sharpness, relative_path, outcome',
    ),
    opinion: into('opinion', 'evidence_id, face_id, examiner_id, conclusion, note, blind, given_at'),
    tagging: into('tagging', 'tag_id, evidence_id, face_id, examiner_id, standing, by_id, at'),
    scan: into('video_scan', 'evidence_id, model_id, pipeline_version, sampling, finished'),
    frame: into('video_frame', 'video_scan_id, frame_index, pts, time_ms, scene_change, faces'),
    track: into('track', 'video_scan_id, track_index'),
    trackFace: into('track_face', 'track_id, face_id, is_key'),
  };
}

type Writing = { into: ReturnType<typeof statements>; chance: () => number; crops: readonly Sha256[] };

function writeFiles(opened: WritableCase, findings: number, crops: readonly Sha256[]): void {
  const writing: Writing = { into: statements(opened), chance: chanceFrom(1), crops };
  for (let written = 0, n = 0; written < findings; n++) {
    const isFilm = n % (PHOTOGRAPHS_PER_FILM + 1) === PHOTOGRAPHS_PER_FILM;
    const faces = Math.min(isFilm ? FACES_PER_FILM : FACES_PER_PHOTOGRAPH, findings - written);
    writeFile(writing, n, isFilm, faces);
    written += faces;
  }
}

function writeFile(writing: Writing, n: number, isFilm: boolean, faces: number): void {
  const number = String(n).padStart(6, '0');
  const name = `card-${String(n % 37).padStart(2, '0')}/DCIM/${isFilm ? `MOV_${number}.mp4` : `IMG_${number}.jpg`}`;
  const state = JSON.stringify({ kind: 'read', widthPx: 4000, heightPx: 3000, remarks: [] });
  const file = [`/bench/${name}`, name, isFilm ? 'video/mp4' : 'image/jpeg', 1, AT, testModel.id, state];
  const evidenceId = Number(writing.into.evidence.run(...file).lastInsertRowid);
  const ids = Array.from({ length: faces }, (_, i) => writeFinding(writing, evidenceId, name, i, isFilm));
  if (isFilm) writeTracks(writing, evidenceId, ids);
}

/** A face, what was said of it and, of a few, what examiners say. Returns the face's id. */
function writeFinding({ into, chance, crops }: Writing, evidenceId: number, name: string, i: number, isFilm: boolean) {
  const crop = crops[Math.floor(chance() * crops.length)]!;
  const sizePx = Math.round(30 + 600 * chance() ** 2);
  const sharpness = Math.round(3000 * chance() ** 2) / 10;
  const box = JSON.stringify({ x: 100 * (i % 4), y: 50, width: sizePx, height: sizePx });
  const quality = JSON.stringify({ sizePx, sharpness, brightness: 0.5, rollDegrees: 0, yawProxy: 0 });
  const at = isFilm ? [...placeOfFrame(i), 0] : [0, 0, null, i];
  const face = [evidenceId, ...at, 1, testModel.id, box, 0.9, LANDMARKS, 0, quality];
  const faceId = Number(into.face.run(...face).lastInsertRowid);
  const { kind, score, leaning, reason, outcome } = outcomeOf(chance, crop);
  const said = [AT, kind, score, leaning, reason, crop, box, sizePx, sharpness, name, outcome];
  into.verdict.run(evidenceId, faceId, testModel.id, 1, 1, ...said);
  OPINION_SHARES.forEach((share, examiner) => {
    if (chance() >= share) return;
    const conclusion = CONCLUSIONS[Math.floor(chance() * CONCLUSIONS.length)]!;
    into.opinion.run(evidenceId, faceId, examiner + 1, conclusion, '', 0, AT);
  });
  TAGGED_EACH.forEach((each, tag) => {
    if (faceId % each === 0) into.tagging.run(tag + 1, evidenceId, faceId, 1, 1, 1, AT);
  });
  return faceId;
}

/**
 * Index, time in ms and presentation timestamp of a film's frame: 25 a second, one face in each.
 */
const placeOfFrame = (i: number): [index: number, timeMs: number, pts: number] => [i, 40 * i, 512 * i];

function outcomeOf(chance: () => number, crop: Sha256) {
  const scored = chance() < 0.9;
  const score = scored ? Math.min(1, Math.max(0, chance() < 0.7 ? chance() ** 3 : 1 - chance() ** 3)) : null;
  const leaning =
    score === null ? null : score >= 0.7 ? 'towardsForged' : score < 0.3 ? 'towardsGenuine' : 'cannotTell';
  const kind = scored ? 'scored' : KINDS[Math.floor(chance() * KINDS.length)]!;
  const pictures = { cropSha256: crop, reconstructionSha256: crop, differenceSha256: crop, gateSha256: crop };
  const said = scored
    ? { score, leaning, logit: 1, log10LikelihoodRatio: null, meanDifference: 0.1 }
    : WITHOUT_SCORE[kind];
  const outcome = JSON.stringify({ kind, ...said, ...pictures });
  return { kind, score, leaning, reason: scored ? null : 'for the bench', outcome };
}

/**
 * The film's scan with its frames, its faces in tracks one after the other; the key faces of each
 * lie apart, and not at its beginning.
 */
function writeTracks({ into }: Writing, evidenceId: number, faceIds: readonly number[]): void {
  const scanId = into.scan.run(evidenceId, testModel.id, 1, '{"kind":"everyFrame"}', 1).lastInsertRowid;
  faceIds.forEach((_, i) => {
    const [index, timeMs, pts] = placeOfFrame(i);
    into.frame.run(scanId, index, pts, timeMs, 0, 1);
  });
  for (let start = 0; start < faceIds.length; start += FACES_PER_TRACK) {
    const trackId = into.track.run(scanId, start / FACES_PER_TRACK).lastInsertRowid;
    faceIds.slice(start, start + FACES_PER_TRACK).forEach((faceId, i) => {
      into.trackFace.run(trackId, faceId, i % 5 === 4 && i / 5 < KEY_FACES_PER_TRACK ? 1 : 0);
    });
  }
}
