// Videos of every usual kind against the ffmpeg and ffprobe programs: every frame, its time, its
// pixels; and what becomes of those that are cut, empty, turned, named wrongly, or meant to kill
// the decoder.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { incompleteWords } from '../../../contract/remark-words.ts';
import { ptsFromRuns } from '../../../contract/track.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import type { Sampling } from '../../../contract/video.ts';
import { inWords } from '../../../contract/wording.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../sniff.ts';
import { FORMATS, ffmpeg, markTurned, probedPts, testPicture } from './testing/make-media.ts';
import { createVideoDecoder, type UnreadableAnswer, type VideoDecoder } from './video-decoder.ts';
import type { ChosenFrame, VideoEnd } from './video-messages.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-video-'));
const at = (name: string): string => path.join(folder, name);
let decoder: VideoDecoder;
beforeAll(() => {
  decoder = createVideoDecoder();
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

const EVERY: Sampling = { kind: 'everyFrame' };
type Walked = {
  frames: ChosenFrame[];
  end: ReturnType<typeof inWords<VideoEnd>> | undefined;
  refused: UnreadableAnswer | undefined;
};

async function walk(file: string, sampling: Sampling = EVERY, afterFrame = -1): Promise<Walked> {
  const walked: Walked = { frames: [], end: undefined, refused: undefined };
  for await (const part of decoder.walk(file, sampling, afterFrame))
    if (part.kind === 'frames') walked.frames.push(...part.frames);
    else if (part.kind === 'end') walked.end = inWords(part.end);
    else walked.refused = part;
  return walked;
}

/** Mean absolute difference of two pictures, 0..255. */
function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

/**
 * Hard edges of colour are where ways of bringing chroma to full size differ; this test is about
 * everything else.
 */
const SOFT = 'gblur=sigma=3';

/** Frame n as the ffmpeg program converts it, with the matrix it is told. */
const converted = (file: string, n: number, matrix: string, full: boolean): Uint8Array =>
  new Uint8Array(
    ffmpeg(
      ...['-i', file, '-map', '0:v:0', '-vf'],
      `select=eq(n\\,${n}),scale=in_color_matrix=${matrix}:in_range=${full ? 'full' : 'limited'}:out_range=full:flags=accurate_rnd+full_chroma_int+full_chroma_inp+bicubic,format=rgb24`,
      ...['-fps_mode', 'passthrough', '-frames:v', '1', '-f', 'rawvideo', '-'],
    ),
  );

describe('every usual format', { tags: ['ffmpeg'] }, () => {
  test.each(FORMATS.map(([name, args]) => ({ name, args })))(
    '$name: frames, times and pixels',
    async ({ name, args }) => {
      ffmpeg(...testPicture('322x182', 25, 1), '-vf', SOFT, ...args, at(name));
      expect(mediaTypeFromBytes(readFileSync(at(name)).subarray(0, SNIFF_BYTES))).toMatch(/^video\//);
      const { frames, end } = await walk(at(name));
      const wanted = probedPts(at(name));
      expect(end).toBeDefined();
      const found = ptsFromRuns(end!.ptsRuns);
      // Streams with B-frames in AVI have no timestamp on the last frame: counted here, absent
      // there.
      expect(found.map((pts, i) => (Number.isNaN(wanted[i]!) ? Number.NaN : pts))).toEqual(wanted);
      expect(frames.map((one) => one.pts)).toEqual(found);
      expect(frames.map((one) => one.frameIndex)).toEqual(found.map((_, i) => i));
      expect([end!.widthPx, end!.heightPx, end!.facts.damagedFrames, end!.facts.incompleteBecause]).toEqual([
        322,
        182,
        0,
        null,
      ]);
      const { matrix, range } = end!.facts.colour;
      const middle = frames[Math.floor(frames.length / 2)]!;
      if (matrix !== 'rgb') {
        const theirs = converted(
          at(name),
          middle.frameIndex,
          matrix === 'smpte170m' ? 'bt601' : matrix,
          range === 'full',
        );
        expect(meanDifference(middle.data, theirs)).toBeLessThan(1.5);
      }
      const again = await decoder.frameAt(at(name), { pts: middle.pts });
      if (again.kind !== 'picture') throw new Error(unreadableWords(again));
      expect(Buffer.compare(again.data, middle.data)).toBe(0);
    },
  );
});

describe('what a file says of itself is honoured', { tags: ['ffmpeg'] }, () => {
  test('matrix and range change the colours, and are recorded or said to be assumed', async () => {
    const make = (name: string, ...args: string[]) =>
      ffmpeg(
        ...['-f', 'lavfi', '-i', 'color=c=red:s=64x64:r=10:d=0.3', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
        ...args,
        at(name),
      );
    make('709.mp4', '-vf', 'scale=out_color_matrix=bt709:out_range=tv', '-colorspace', 'bt709', '-color_range', 'tv');
    make(
      '601-full.mp4',
      '-vf',
      'scale=out_color_matrix=bt601:out_range=pc',
      '-colorspace',
      'smpte170m',
      '-color_range',
      'pc',
    );
    make('unstated.mp4', '-vf', 'scale=out_color_matrix=bt601:out_range=tv');
    const colours = [];
    for (const name of ['709.mp4', '601-full.mp4', 'unstated.mp4']) {
      const { frames, end } = await walk(at(name));
      const [r, g, b] = frames[0]!.data;
      expect(r! > 248 && g! < 8 && b! < 8, `${name}: ${r} ${g} ${b}`).toBe(true);
      colours.push(end!.facts.colour);
    }
    expect(colours).toMatchObject([
      { matrix: 'bt709', matrixAssumed: false, range: 'limited', rangeAssumed: false },
      { matrix: 'smpte170m', matrixAssumed: false, range: 'full', rangeAssumed: false },
      { matrix: 'smpte170m', matrixAssumed: true, range: 'limited' },
    ]);
  });

  test('a turned video comes upright, as another tool turns it', async () => {
    ffmpeg(...testPicture('160x96', 10, 0.5), '-vf', SOFT, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('plain.mp4'));
    for (const degrees of [90, 180, 270]) {
      markTurned(at('plain.mp4'), degrees, at('turned.mp4'));
      const { frames, end } = await walk(at('turned.mp4'));
      expect(end!.facts.rotationDegrees).toBe(degrees);
      expect([end!.widthPx, end!.heightPx]).toEqual(degrees === 180 ? [160, 96] : [96, 160]);
      // The program turns by itself before it converts.
      const theirs = converted(at('turned.mp4'), 0, 'bt601', false);
      expect(meanDifference(frames[0]!.data, theirs)).toBeLessThan(2);
    }
  });

  test('variable frame rate and edit lists give the times another tool gives', async () => {
    const uneven = 'select=not(mod(n\\,7))+not(mod(n\\,5))+lt(n\\,10)';
    ffmpeg(
      ...testPicture('160x96', 25, 4),
      '-vf',
      uneven,
      '-fps_mode',
      'passthrough',
      '-c:v',
      'libx264',
      at('vfr.mp4'),
    );
    const vfr = await walk(at('vfr.mp4'));
    expect(ptsFromRuns(vfr.end!.ptsRuns)).toEqual(probedPts(at('vfr.mp4')));
    expect(vfr.end!.facts.variableRate).toBe(true);
    // Cut without decoding, away from a key frame: an edit list hides the frames before the cut.
    ffmpeg(...testPicture('160x96', 25, 4), '-c:v', 'libx264', '-g', '50', '-bf', '2', at('whole.mp4'));
    ffmpeg('-ss', '1.0', '-i', at('whole.mp4'), '-c', 'copy', at('edited.mp4'));
    const edited = await walk(at('edited.mp4'));
    const wanted = probedPts(at('edited.mp4'));
    expect(ptsFromRuns(edited.end!.ptsRuns).slice(0, wanted.length)).toEqual(wanted);
    const [shown, hidden] = edited.end!.facts.segments!;
    expect([shown!.hidden, hidden!.hidden, hidden!.firstFrame]).toEqual([false, true, wanted.length]);
    expect(hidden!.fromMs).toBeLessThan(3200);
    const { pts } = edited.frames[10]!;
    const again = await decoder.frameAt(at('edited.mp4'), { pts });
    expect(again.kind === 'picture' && Buffer.compare(again.data, edited.frames[10]!.data)).toBe(0);
  });

  test('frames are chosen by time, at cuts and where another picture is shown, and a walk taken up again gives the rest', async () => {
    const sources = ['color=c=gray:s=160x96:r=25:d=1.32', 'testsrc=s=160x96:r=25:d=1.68'];
    ffmpeg(
      ...sources.flatMap((source) => ['-f', 'lavfi', '-i', source]),
      ...['-filter_complex', '[0][1]concat=n=2', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('two-shots.mp4')],
    );
    const sampling: Sampling = { kind: 'byTime', framesPerSecond: 2, sceneChanges: true };
    const { frames, end } = await walk(at('two-shots.mp4'), sampling);
    expect(end!.facts.frames).toBe(75);
    expect(frames.filter((one) => one.sceneChange).map((one) => [one.frameIndex, one.timeMs])).toEqual([[33, 1320]]);
    expect(frames.filter((one) => !one.sceneChange).map((one) => one.timeMs)).toEqual([
      // The test picture moves by more than the whole: at 1920, 2400 and 2920 it is another one.
      ...[0, 520, 1000, 1520, 1920, 2000, 2400, 2520, 2920, 2960],
    ]);
    const rest = await walk(at('two-shots.mp4'), sampling, frames[2]!.frameIndex);
    expect(rest.frames.map((one) => one.frameIndex)).toEqual(frames.slice(3).map((one) => one.frameIndex));
    expect(rest.frames.every((one, i) => Buffer.compare(one.data, frames[i + 3]!.data) === 0)).toBe(true);
    expect(rest.end).toEqual(end);
  });
});

describe('what cannot be read has its reason', { tags: ['ffmpeg'] }, () => {
  const reasonOf = async (name: string) => (await walk(at(name))).refused?.reason;

  test('a file without a video stream, without a frame, or without its index', async () => {
    ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'aac', at('audio.mp4'));
    expect(await reasonOf('audio.mp4')).toBe('noVideoStream');
    ffmpeg(...testPicture('64x64', 10, 0.5), '-frames:v', '1', at('cover.png'));
    ffmpeg(
      '-i',
      at('audio.mp4'),
      '-i',
      at('cover.png'),
      '-map',
      '0',
      '-map',
      '1',
      '-c',
      'copy',
      '-disposition:v',
      'attached_pic',
      at('cover.m4a'),
    );
    expect(await reasonOf('cover.m4a')).toBe('noVideoStream');
    ffmpeg(...testPicture('322x182', 25, 2), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('good.mp4'));
    const whole = readFileSync(at('good.mp4'));
    writeFileSync(at('no-index.mp4'), whole.subarray(0, Math.floor(whole.length * 0.6)));
    expect(await reasonOf('no-index.mp4')).toBe('truncated');
    writeFileSync(at('noise.mp4'), Buffer.concat([whole.subarray(0, 32), Buffer.alloc(20_000, 0x5a)]));
    expect(['corrupt', 'truncated']).toContain(await reasonOf('noise.mp4'));
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=10', '-t', '0', '-c:v', 'libx264', at('zero.mkv'));
    expect(['noFrames', 'noVideoStream', 'corrupt']).toContain(await reasonOf('zero.mkv'));
    expect(inWords((await walk(at('nowhere.mp4'))).refused!)).toMatchObject({
      reason: 'disappeared',
      message: expect.stringMatching(/^There is no file at this place .* The system says: ENOENT/),
    });
  });

  test('what can be read of a cut file is read, and what is missing is said', async () => {
    ffmpeg(
      ...testPicture('322x182', 25, 4),
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '25',
      '-movflags',
      '+faststart',
      at('front.mp4'),
    );
    ffmpeg('-i', at('front.mp4'), '-c', 'copy', at('front.mkv'));
    for (const name of ['front.mp4', 'front.mkv']) {
      const whole = readFileSync(at(name));
      writeFileSync(at(`cut-${name}`), whole.subarray(0, Math.floor(whole.length * 0.5)));
      const { frames, end } = await walk(at(`cut-${name}`));
      expect(frames.length, name).toBeGreaterThan(20);
      expect(frames.length, name).toBeLessThan(90);
      expect(incompleteWords(end!.facts.incompleteBecause!), name).toMatch(/could be decoded|ended early/);
      expect(end!.remarks.join(), name).toMatch(/Incomplete/);
    }
  });

  test('frames behind an error are not examined until the next key frame', async () => {
    ffmpeg(...testPicture('322x182', 25, 4), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '25', at('sound.mkv'));
    const intact = await walk(at('sound.mkv'));
    const bytes = readFileSync(at('sound.mkv'));
    for (let i = 0; i < 3000; i++) bytes[Math.floor(bytes.length * 0.45) + i] = (i * 97) & 255;
    writeFileSync(at('damaged.mkv'), bytes);
    const { frames, end } = await walk(at('damaged.mkv'));
    const missing = 100 - frames.length;
    expect(missing).toBeGreaterThan(0);
    expect(end!.facts.damagedFrames + (100 - end!.facts.frames)).toBe(missing);
    const byPts = new Map(intact.frames.map((one) => [one.pts, one.data]));
    for (const { pts, data } of frames) expect(Buffer.compare(data, byPts.get(pts)!), `pts ${pts}`).toBe(0);
  });

  test('a playlist that names other files is not followed', async () => {
    writeFileSync(at('list.m3u8'), `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${at('h264.ts')}\n#EXT-X-ENDLIST\n`);
    expect((await walk(at('list.m3u8'))).refused?.reason).toBe('corrupt');
    writeFileSync(at('list.txt'), `ffconcat version 1.0\nfile '${at('good.mp4')}'\n`);
    expect((await walk(at('list.txt'))).refused?.reason).toBe('corrupt');
  });

  test('a process that dies costs no frame; one that dies again without coming further costs the file, and the next is read', async () => {
    const quick = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
    ffmpeg(...testPicture('320x180', 25, 4), ...quick, at('long.mp4'));
    const whole = await walk(at('long.mp4'));
    const frames: ChosenFrame[] = [];
    let killed = 0;
    for await (const part of decoder.walk(at('long.mp4'), EVERY, -1)) {
      if (part.kind === 'frames') frames.push(...part.frames);
      if (part.kind === 'end') expect(inWords(part.end)).toEqual(whole.end);
      if (part.kind === 'frames' && killed++ < 2) process.kill(decoder.pid()!, 'SIGKILL');
    }
    expect(killed).toBeGreaterThan(2);
    expect(frames.map((one) => one.frameIndex)).toEqual(whole.frames.map((one) => one.frameIndex));
    expect(frames.every((one, i) => Buffer.compare(one.data, whole.frames[i]!.data) === 0)).toBe(true);
    expect(frames.every((one, i) => one.sceneChange === whole.frames[i]!.sceneChange)).toBe(true);
    const seen: string[] = [];
    const killing = setInterval(() => {
      const pid = decoder.pid();
      if (pid !== undefined && seen.length > 0) process.kill(pid, 'SIGKILL');
    }, 5);
    for await (const part of decoder.walk(at('long.mp4'), EVERY, -1))
      seen.push(part.kind === 'unreadable' ? part.reason : part.kind);
    clearInterval(killing);
    expect(seen[0]).toBe('frames');
    expect(seen.at(-1)).toBe('decoderCrashed');
    expect((await walk(at('long.mp4'))).end).toEqual(whole.end);
  });

  test('a process that says nothing is ended, and the file timed out', async () => {
    const impatient = createVideoDecoder({ timeoutMs: 1 });
    const parts = [];
    for await (const part of impatient.walk(at('long.mp4'), EVERY, -1)) parts.push(part);
    expect(parts).toMatchObject([{ kind: 'unreadable', reason: 'decoderTimedOut' }]);
    await impatient.close();
  });

  test('the container speaks of itself', async () => {
    ffmpeg('-i', at('good.mp4'), '-c', 'copy', '-metadata', 'title=A title', at('titled.mp4'));
    const described = await decoder.describe(at('titled.mp4'));
    if (described.kind !== 'description') throw new Error(unreadableWords(described));
    const { groups } = described;
    expect(groups.find((one) => one.group === 'Container tags')!.entries).toContainEqual({
      name: 'title',
      value: 'A title',
    });
    expect(groups[0]).toMatchObject({ group: 'Video' });
    expect(await decoder.describe(at('nowhere.mp4'))).toMatchObject({ kind: 'unreadable', reason: 'disappeared' });
  });

  test('no file was changed by reading it', () => {
    copyFileSync(at('good.mp4'), at('copy.mp4'));
    const before = execFileSync('sha256sum', [at('copy.mp4')]).toString();
    return walk(at('copy.mp4')).then(() => expect(execFileSync('sha256sum', [at('copy.mp4')]).toString()).toBe(before));
  });
});
