// A case with very many findings, written row by row in SQL: the shape of a real one (a few faces a file, every kind of result,
// full-sized outcome records), without the days of scanning. For measuring the grid; never opened as evidence.
import sharp from 'sharp';
import type { Sha256 } from '../contract/brand.ts';
import { createBlobStore } from '../engine/blobs/blob-store.ts';
import { keepModel } from '../engine/case/model.ts';
import { blobFolder, createCase, type WritableCase } from '../engine/case/open-case.ts';
import { testModel, testParameters } from '../engine/case/testing/case-material.ts';
import { addVerdicts } from '../engine/case/verdict.ts';

const FACES_PER_FILE = 4;
/** Different face pictures in the blob store; a screen of tiles must not be one picture. */
const CROPS = 96;
const CROP_PX = 128;

/** A number in 0..1 that looks like chance and is the same every time (mulberry32). */
function chanceFrom(seed: number): () => number {
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

/** Makes a case of `findings` findings in `folder`. Nine in ten are scored. */
export async function makeLargeCase(folder: string, findings: number): Promise<WritableCase> {
  const opened = createCase(folder, { title: `${findings} findings`, reference: 'BENCH', demonstration: false });
  const crops = await putCrops(folder);
  keepModel(opened, testModel);
  // One honest verdict, so that the parameters' row is there.
  addVerdicts(opened, testParameters, []);
  writeRows(opened, findings, crops);
  opened.db.raw.exec('ANALYZE');
  return opened;
}

function writeRows({ db }: WritableCase, findings: number, crops: readonly Sha256[]): void {
  const chance = chanceFrom(1);
  const at = '2026-01-01T00:00:00.000Z';
  const evidence = db.raw.prepare(
    "INSERT INTO evidence (path, relative_path, media_type, size_bytes, added_at, sha256, state) VALUES (?, ?, 'image/jpeg', 1, ?, ?, ?)",
  );
  const face = db.raw.prepare(
    'INSERT INTO face (evidence_id, frame_index, time_ms, face_index, pipeline_version, finder_sha256, box, finder_score, landmarks, found_at_rotation, quality) VALUES (?, 0, 0, ?, 1, ?, ?, 0.9, ?, 0, ?)',
  );
  const verdict = db.raw.prepare(
    'INSERT INTO verdict (evidence_id, face_id, model_id, pipeline_version, parameters_id, made_at, kind, score, leaning, reason, crop_sha256, box, size_px, sharpness, relative_path, outcome) VALUES (?, ?, ?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const state = JSON.stringify({ kind: 'read', widthPx: 4000, heightPx: 3000, remarks: [] });
  const landmarks = JSON.stringify(Array.from({ length: 68 }, (_, i) => ({ x: i, y: i })));
  db.transaction(() => {
    let evidenceId = 0;
    let name = '';
    for (let i = 0; i < findings; i++) {
      if (i % FACES_PER_FILE === 0) {
        const n = i / FACES_PER_FILE;
        name = `card-${String(n % 37).padStart(2, '0')}/DCIM/IMG_${String(n).padStart(6, '0')}.jpg`;
        evidenceId = Number(evidence.run(`/bench/${name}`, name, at, testModel.id, state).lastInsertRowid);
      }
      const crop = crops[Math.floor(chance() * crops.length)]!;
      const sizePx = Math.round(30 + 600 * chance() ** 2);
      const sharpness = Math.round(3000 * chance() ** 2) / 10;
      const box = JSON.stringify({ x: 100 * (i % 4), y: 50, width: sizePx, height: sizePx });
      const quality = JSON.stringify({ sizePx, sharpness, brightness: 0.5, rollDegrees: 0, yawProxy: 0 });
      const faceId = Number(
        face.run(evidenceId, i % FACES_PER_FILE, testModel.id, box, landmarks, quality).lastInsertRowid,
      );
      const scored = chance() < 0.9;
      const score = scored ? Math.min(1, Math.max(0, chance() < 0.7 ? chance() ** 3 : 1 - chance() ** 3)) : null;
      const leaning =
        score === null ? null : score >= 0.7 ? 'towardsForged' : score < 0.3 ? 'towardsGenuine' : 'cannotTell';
      const kind = scored ? 'scored' : KINDS[Math.floor(chance() * KINDS.length)]!;
      const pictures = { cropSha256: crop, reconstructionSha256: crop, differenceSha256: crop, gateSha256: crop };
      const outcome = JSON.stringify({
        kind,
        ...(scored
          ? { score, leaning, logit: 1, log10LikelihoodRatio: null, meanDifference: 0.1 }
          : WITHOUT_SCORE[kind]),
        ...pictures,
      });
      verdict.run(
        evidenceId,
        faceId,
        testModel.id,
        at,
        kind,
        score,
        leaning,
        scored ? null : 'for the bench',
        crop,
        box,
        sizePx,
        sharpness,
        name,
        outcome,
      );
    }
  });
}
