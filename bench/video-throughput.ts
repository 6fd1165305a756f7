// What videos cost: decoding beside the ffmpeg program on the same cores, the whole line (decode,
// find, score, store) beside bare inference, and the memory of decoding along a long file.
// `npm run bench -- video 120` takes a file of that many minutes.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { unreadableWords } from '../contract/unreadable-words.ts';
import type { Sampling } from '../contract/video.ts';
import { type Client, createClient, createEngine, type Engine } from '../engine/index.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { createVideoDecoder } from '../engine/media/video/video-decoder.ts';
import { megabytesOf, secondsOf } from './process-usage.ts';
import { bareCost, type Cost, now, perFile, writePaperWeights } from './scan-throughput.ts';
import { scanToEnd } from './scan-to-end.ts';

/** Minutes of the long file when none are named. */
const USUAL_MINUTES = 10;
const READINGS = 10;
/** Decoding only: one frame is looked at. */
const NOTHING: Sampling = { kind: 'byTime', framesPerSecond: 0.0001, sceneChanges: false };
/** Trials of each; the best of each counts, since other work on the machine only ever adds. */
const TRIALS = 3;

const ffmpeg = (...args: readonly string[]): void =>
  void execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { stdio: 'pipe' });

/** Processor time of the ffmpeg program decoding into nothing, seconds. */
function programSeconds(file: string): number {
  const threads = ['-threads', String(os.availableParallelism())];
  const { stderr } = spawnSync('ffmpeg', ['-benchmark', ...threads, '-i', file, '-map', '0:v:0', '-f', 'null', '-']);
  const found = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr.toString());
  if (!found) throw new Error('ffmpeg printed no times.');
  return Number(found[1]) + Number(found[2]);
}

/** Processor time of the video process walking through the same file, without starting it. */
async function walkSeconds(file: string): Promise<number> {
  const decoder = createVideoDecoder();
  try {
    await decoder.version();
    const before = secondsOf(decoder.pid());
    for await (const part of decoder.walk(file, NOTHING, -1))
      if (part.kind === 'unreadable') throw new Error(unreadableWords(part));
    return secondsOf(decoder.pid()) - before;
  } finally {
    await decoder.close();
  }
}

const CODECS: readonly (readonly [string, readonly string[]])[] = [
  ['H.264 1080p', ['-s', '1920x1080', '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', 'h264.mp4']],
  [
    'H.265 10-bit 720p',
    [
      '-s',
      '1280x720',
      '-c:v',
      'libx265',
      '-x265-params',
      'log-level=none',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p10le',
      'h265.mkv',
    ],
  ],
  ['VP9 720p', ['-s', '1280x720', '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', 'vp9.webm']],
];

export async function decodingLines(root: string): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, args] of CODECS) {
    const file = path.join(root, args.at(-1)!);
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=12', ...args.slice(0, -1), file);
    const [program, own]: [number[], number[]] = [[], []];
    for (let i = 0; i < TRIALS; i++) {
      program.push(programSeconds(file));
      own.push(await walkSeconds(file));
    }
    const [theirs, ours] = [Math.min(...program), Math.min(...own)];
    lines.push(
      `  ${name}: ${(theirs / ours).toFixed(2)} of the program's speed (${ours.toFixed(2)} s against ${theirs.toFixed(2)} s of processor time)`,
    );
  }
  return ['decoding, numbering and cut finding against ffmpeg -f null:', ...lines];
}

/** One face of the samples, swaying, `frames` of them. */
async function writeFaceVideo(file: string, root: string, frames: number): Promise<void> {
  const still = path.join(root, 'face.png');
  const sample = samplePhotograph(3);
  await sharp(sample).extract({ left: 470, top: 240, width: 500, height: 620 }).resize(270).png().toFile(still);
  ffmpeg(
    ...['-loop', '1', '-framerate', '25', '-i', still, '-frames:v', String(frames)],
    ...['-vf', 'crop=240:296:12+10*sin(n/9):14+10*cos(n/7)', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file],
  );
}

const scan = (client: Client, modelId: string, file: string): Promise<void> =>
  scanToEnd(client, modelId, file, { video: { kind: 'everyFrame' } });

async function lineCost(root: string, client: Client, engine: Engine, modelId: string, frames: number): Promise<Cost> {
  await client.case.create({ folder: path.join(root, `case-${modelId.slice(0, 8)}`), title: 'bench', reference: '' });
  await writeFaceVideo(path.join(root, 'warm.mp4'), root, 8);
  await scan(client, modelId, path.join(root, 'warm.mp4'));
  const file = path.join(root, `faces-${frames}.mp4`);
  await writeFaceVideo(file, root, frames);
  const pids = () => {
    const { compute, video, finders } = engine.pids();
    return [compute, video, ...finders];
  };
  const before = now(...pids());
  await scan(client, modelId, file);
  return perFile(before, now(...pids()), frames);
}

export async function throughputLines(root: string): Promise<string[]> {
  const appDataFolder = path.join(root, 'app');
  const engine = await createEngine({ appDataFolder });
  const client = createClient(engine);
  try {
    writePaperWeights(path.join(root, 'paper.pth'));
    const paper = await client.model.import({ path: path.join(root, 'paper.pth'), inputPx: 299 });
    const lite = (await client.model.list())[0]!;
    const lines: string[] = [];
    for (const [name, model, frames] of [
      [`the shipped model (width ${lite.passport.width}, ${lite.passport.inputPx} px)`, lite, 160],
      ['the paper’s network (width 1, 299 px)', paper, 48],
    ] as const) {
      const first = await bareCost(appDataFolder, model.id, frames);
      const line = await lineCost(root, client, engine, model.id, frames);
      const second = await bareCost(appDataFolder, model.id, frames);
      const bare = { wall: (first.wall + second.wall) / 2, processor: (first.processor + second.processor) / 2 };
      lines.push(
        `${name}, every frame of a video with one face, ${frames} frames`,
        `  on the clock:   line ${(1 / line.wall).toFixed(1)} faces/s, bare inference ${(1 / bare.wall).toFixed(1)} faces/s: the line reaches ${((100 * bare.wall) / line.wall).toFixed(0)} %`,
        `  processor time: line ${(1000 * line.processor).toFixed(0)} ms a face, bare inference ${(1000 * bare.processor).toFixed(0)} ms: ${((100 * bare.processor) / line.processor).toFixed(0)} % of the line is inference`,
      );
    }
    return lines;
  } finally {
    await engine.close();
  }
}

/** Largest resident memory of the video process in each tenth of a long file. */
export async function memoryLines(root: string, minutes: number): Promise<string[]> {
  const [one, long] = [path.join(root, 'minute.mp4'), path.join(root, 'long.mp4')];
  ffmpeg(
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=640x360:rate=25:duration=60',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    one,
  );
  ffmpeg('-stream_loop', String(minutes - 1), '-i', one, '-c', 'copy', long);
  const decoder = createVideoDecoder();
  const most = Array.from({ length: READINGS }, () => 0);
  let frames = 0;
  try {
    const sampling: Sampling = { kind: 'byTime', framesPerSecond: 2, sceneChanges: true };
    for await (const part of decoder.walk(long, sampling, -1)) {
      if (part.kind === 'unreadable') throw new Error(unreadableWords(part));
      if (part.kind === 'end') frames = part.end.facts.frames;
      if (part.kind !== 'frames') continue;
      const tenth = Math.min(READINGS - 1, Math.floor((part.progress ?? 0) * READINGS));
      most[tenth] = Math.max(most[tenth]!, megabytesOf(decoder.pid()));
    }
  } finally {
    await decoder.close();
  }
  return [
    `${minutes} minutes, ${frames} frames of 640 x 360, two a second with their pixels; resident memory of the video process, MB a tenth:`,
    `  ${most.map((one) => one.toFixed(0)).join('  ')}`,
  ];
}

/** Lines of the report. */
export async function benchVideo(arguments_: readonly string[] = []): Promise<string[]> {
  if (spawnSync('ffmpeg', ['-version']).status !== 0)
    return ['not run: it needs the ffmpeg program to make its videos'];
  const minutes = Number(arguments_.find((one) => /^\d+$/.test(one)) ?? USUAL_MINUTES);
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-bench-video-'));
  try {
    return [...(await decodingLines(root)), ...(await throughputLines(root)), ...(await memoryLines(root, minutes))];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
