// One PDF of a case in a process of its own, so that its memory is its own:
// `report-once.ts <faces> <folder>` makes a case of so many faces, writes its report with pictures
// and prints what it took as JSON.
import path from 'node:path';
import sharp from 'sharp';
import type { FaceId, Sha256 } from '../contract/brand.ts';
import type { Evidence } from '../contract/evidence.ts';
import { reportOptionsSchema } from '../contract/report.ts';
import { closeCase, createCase } from '../engine/case/open-case.ts';
import { withReadTransaction } from '../engine/case/read-transaction.ts';
import { addFile } from '../engine/case/testing/case-material.ts';
import { contextPicture } from '../engine/report/context-picture.ts';
import { exportPdf } from '../engine/report/export-report.ts';
import { hashOfContent, readReportContent } from '../engine/report/report-content.ts';
import type { RgbImage } from '../models/image/rgb-image.ts';
import { chanceFrom } from './large-case.ts';

/** Processor and wall time in ms; resident memory before and at most, MB; what the file is. */
export type ReportCost = {
  faces: number;
  ms: number;
  wallMs: number;
  beforeMb: number;
  peakMb: number;
  sizeBytes: number;
  pages: number;
};

const FACES_PER_PHOTOGRAPH = 4;
const CROP_PX = 192;
const PHOTOGRAPH = { widthPx: 960, heightPx: 640 };
/** Different pictures of each kind; every face writes its own objects. */
const KINDS = 24;

const peakMb = (): number => process.resourceUsage().maxRSS / 1024;

/** A smooth, coloured picture with grain, of the weight of a photograph's. */
function pictureOf(seed: number, widthPx: number, heightPx: number, channels: 1 | 3, grain: number): Uint8Array {
  const chance = chanceFrom(seed);
  const waves = Array.from({ length: 4 }, () => [chance() * 9, chance() * 9, chance() * 6] as const);
  return Uint8Array.from({ length: widthPx * heightPx * channels }, (_, i) => {
    const [x, y] = [(Math.floor(i / channels) % widthPx) / widthPx, Math.floor(i / channels / widthPx) / heightPx];
    const wave = waves.reduce((sum, [a, b, c]) => sum + Math.sin(a * x + b * y + c + (i % channels)), 0);
    return Math.max(0, Math.min(255, 128 + 26 * wave + grain * (chance() - 0.5)));
  });
}

const pngOf = (seed: number, channels: 1 | 3, grain: number) =>
  sharp(pictureOf(seed, CROP_PX, CROP_PX, channels, grain), {
    raw: { width: CROP_PX, height: CROP_PX, channels },
  })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();

async function makePictures() {
  const kinds = Array.from({ length: KINDS }, (_, i) => i);
  const colours = await Promise.all(kinds.map((i) => pngOf(i, 3, 18)));
  const greys = await Promise.all(kinds.map((i) => pngOf(100 + i, 1, 30)));
  const photographs = kinds.slice(0, 6).map(
    (i): RgbImage => ({
      ...PHOTOGRAPH,
      data: new Uint8Array(pictureOf(200 + i, PHOTOGRAPH.widthPx, PHOTOGRAPH.heightPx, 3, 14)),
    }),
  );
  let next = 0;
  return {
    // The rows' difference maps begin with e (case-material.ts).
    blob: async (sha256: Sha256) => (sha256.startsWith('e') ? greys : colours)[next++ % KINDS],
    showsOthers: () => false,
    context: (evidence: Evidence, id: FaceId) => {
      const box = { x: 100 + (id % 7) * 90, y: 120, width: 120, height: 160 };
      const face = { id, evidenceId: evidence.id, frameIndex: 0, box };
      return contextPicture(photographs[evidence.id % photographs.length]!, face, [], 'none');
    },
  };
}

const [faces, folder] = [Number(process.argv[2]), process.argv[3]!];
const opened = createCase(path.join(folder, 'case'), { title: 'Bench', reference: 'B-1', demonstration: false });
const chance = chanceFrom(1);
opened.db.transaction(() => {
  for (let i = 0; i < faces / FACES_PER_PHOTOGRAPH; i++)
    addFile(
      opened,
      `card ${i % 9}/IMG_${i}.jpg`,
      Array.from({ length: FACES_PER_PHOTOGRAPH }, () => 0.01 + 0.98 * chance()),
    );
});
const pictures = await makePictures();
const making = { options: reportOptionsSchema.parse({}), appVersion: 'bench', template: null };
const beforeMb = peakMb();
const [cpu, wall] = [process.cpuUsage(), performance.now()];
const { sizeBytes, pages } = await withReadTransaction(opened, async (reading) => {
  const content = await readReportContent(reading, making);
  const contentSha256 = await hashOfContent(content);
  const { options } = making;
  return exportPdf({ content, contentSha256, options, pictures }, path.join(folder, 'report.pdf'));
});
const { user, system } = process.cpuUsage(cpu);
const wallMs = performance.now() - wall;
closeCase(opened);
const cost: ReportCost = {
  faces,
  ms: (user + system) / 1000,
  wallMs,
  beforeMb,
  peakMb: peakMb(),
  sizeBytes,
  pages: pages!,
};
console.log(JSON.stringify(cost));
