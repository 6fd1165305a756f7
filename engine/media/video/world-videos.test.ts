// Videos as cameras, recorders and programs leave them, each made here by the ffmpeg program: what
// is in them is looked at, all of it, in its true shape and time, and what was looked at can be
// shown again, the very same picture, by its number.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameAddresses } from '../../../contract/track.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { frameQuery, type Sampling } from '../../../contract/video.ts';
import { inWords, reasonWords } from '../../../contract/wording.ts';
import { samplePhotograph } from '../finder-weights.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../sniff.ts';
import { withEdits } from './testing/edit-list.ts';
import { makeHdrFilm } from './testing/make-hdr.ts';
import { dhavFilm, ffmpeg, testPicture } from './testing/make-media.ts';
import { createVideoDecoder, type UnreadableAnswer, type VideoDecoder } from './video-decoder.ts';
import type { ChosenFrame, VideoEnd } from './video-messages.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-world-videos-'));
const at = (name: string): string => path.join(folder, name);
let decoder: VideoDecoder;
beforeAll(() => {
  decoder = createVideoDecoder();
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

const ONCE_A_SECOND: Sampling = { kind: 'byTime', framesPerSecond: 1, sceneChanges: false };
const TWICE_A_SECOND: Sampling = { kind: 'byTime', framesPerSecond: 2, sceneChanges: false };
/** Moments of a film of 25 frames a second that are looked at twice a second. */
const HALVES = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.ceil((i * 500) / 40) * 40);
const EVERY: Sampling = { kind: 'everyFrame' };

type Walked = { frames: ChosenFrame[]; end: ReturnType<typeof inWords<VideoEnd>> };

async function walk(file: string, sampling: Sampling, after = -1): Promise<Walked> {
  const frames: ChosenFrame[] = [];
  let end: VideoEnd | UnreadableAnswer | undefined;
  for await (const part of decoder.walk(file, sampling, after))
    if (part.kind === 'frames') for (const frame of part.frames) frames.push(frame);
    else end = part.kind === 'end' ? part.end : part;
  if (!end || 'kind' in end) throw new Error(`${file}: ${end ? unreadableWords(end) : 'no end'}`);
  return { frames, end: inWords(end) };
}

/**
 * Every frame that was looked at comes again by its number, backwards and in leaps, byte for byte;
 * its moment follows from the facts.
 */
async function expectShownAgain(file: string, { frames, end }: Walked): Promise<void> {
  const addresses = frameAddresses(end.ptsRuns, end.facts);
  expect(addresses).toHaveLength(end.facts.frames);
  const asked = [...frames].reverse().filter((_, i) => i % Math.ceil(frames.length / 6) === 0);
  for (const { frameIndex, pts, timeMs, data } of asked) {
    const shown = await decoder.frameAt(file, frameQuery(end.facts, frameIndex, pts));
    const what = `${path.basename(file)}, frame ${frameIndex}`;
    expect(shown.kind === 'picture' ? '' : unreadableWords(shown), what).toBe('');
    expect(shown.kind === 'picture' && Buffer.compare(shown.data, data), what).toBe(0);
    expect(addresses[frameIndex]!.timeMs, what).toBeCloseTo(timeMs, 6);
  }
}

const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
/** A picture of colour bars drawn from this number. */
const bars = (n: number, seconds: number, size = '320x240'): string[] => [
  ...['-f', 'lavfi', '-i', `${['testsrc2', 'smptebars', 'testsrc'][n]}=s=${size}:r=25:d=${seconds}`],
];

describe('what a file has is looked at', { tags: ['ffmpeg'] }, () => {
  test('a hundred thousand uneven steps are walked through to the end (case 9)', async () => {
    const picture = 'color=black:s=32x32:r=2000/3';
    ffmpeg('-f', 'lavfi', '-i', picture, '-t', '200', '-c:v', 'libx264', '-preset', 'ultrafast', at('vfr.mkv'));
    const { frames, end } = await walk(at('vfr.mkv'), ONCE_A_SECOND);
    // One a second, and one after every sixty that were passed: times are the file's own word.
    const passed = frames.map(({ frameIndex }, i) => frameIndex - (frames[i - 1]?.frameIndex ?? 0));
    expect(Math.max(...passed)).toBe(61);
    expect(new Set(frames.map(({ timeMs }) => Math.floor(timeMs / 1000))).size).toBe(200);
    expect(end.ptsRuns.steps.length).toBeGreaterThan(100_000 / 2);
  });

  test('what a film that plays in a blink leaves standing is looked at', async () => {
    const fading = 'color=black:s=64x64:r=1000:d=0.056,fade=t=in:st=0.01:d=0.04:color=white';
    ffmpeg('-f', 'lavfi', '-i', `${fading},negate`, '-c:v', 'libx264', '-bf', '2', at('blink.mkv'));
    const [some, all] = [await walk(at('blink.mkv'), ONCE_A_SECOND), await walk(at('blink.mkv'), EVERY)];
    expect(some.frames.map(({ frameIndex }) => frameIndex)).toEqual([0, 55]);
    expect(Buffer.compare(some.frames[1]!.data, all.frames[55]!.data)).toBe(0);
    expect(Math.abs(some.frames[1]!.data[0]! - some.frames[0]!.data[0]!)).toBeGreaterThan(100);
    await expectShownAgain(at('blink.mkv'), some);
    // Taken up again behind what was looked at, it is still the last.
    const rest = await walk(at('blink.mkv'), ONCE_A_SECOND, 0);
    expect(rest.frames.map(({ frameIndex }) => frameIndex)).toEqual([55]);
  });

  test('joined recordings: every part, on one axis of time, with the jump said (case 7)', async () => {
    for (const n of [0, 1, 2]) ffmpeg(...bars(n, 2), ...H264, at(`part${n}.ts`));
    ffmpeg('-itsoffset', '5000', ...bars(1, 2), ...H264, '-muxdelay', '0', '-copyts', at('later.ts'));
    const join = (...names: string[]) => Buffer.concat(names.map((name) => readFileSync(at(name))));
    writeFileSync(at('joined.ts'), join('part0.ts', 'part1.ts', 'part2.ts'));
    const joined = await walk(at('joined.ts'), TWICE_A_SECOND);
    expect(joined.frames.map(({ timeMs }) => timeMs)).toEqual([...HALVES(12), 5960]);
    expect(joined.end.facts).toMatchObject({ frames: 150, durationMs: 6000, incompleteBecause: null });
    expect(joined.end.remarks.join()).toMatch(/The timestamps jump 2 times, first at frame 50, 2\.00 s/);
    await expectShownAgain(at('joined.ts'), joined);
    writeFileSync(at('leap.ts'), join('part0.ts', 'later.ts'));
    const leap = await walk(at('leap.ts'), TWICE_A_SECOND);
    expect(leap.end.facts).toMatchObject({ frames: 100, durationMs: 4000 });
    expect(leap.end.remarks.join()).toMatch(/The timestamps jump at frame 50/);
    await expectShownAgain(at('leap.ts'), leap);
    ffmpeg(...bars(0, 2), '-c:v', 'mpeg2video', at('a.mpg'));
    ffmpeg(...bars(1, 2), '-c:v', 'mpeg2video', at('b.mpg'));
    writeFileSync(at('joined.mpg'), join('a.mpg', 'b.mpg'));
    const programme = await walk(at('joined.mpg'), TWICE_A_SECOND);
    expect(programme.end.facts.frames).toBe(100);
    expect(programme.frames.length).toBeGreaterThanOrEqual(8);
    await expectShownAgain(at('joined.mpg'), programme);
  });

  test.each(['two.mp4', 'two.mkv', 'two.ts'])(
    '%s: a second picture track is walked through after the first, and named (case 8)',
    async (name) => {
      const tracks = ['-map', '0:v', '-map', '1:v', ...H264, '-disposition:v:1', '0', '-metadata:s:v:1', 'title=rear'];
      ffmpeg(...bars(0, 2), ...bars(1, 3, '160x120'), ...tracks, at(name));
      const walked = await walk(at(name), TWICE_A_SECOND);
      // The last frame of each track as well.
      expect(walked.frames.map(({ widthPx }) => widthPx)).toEqual([...Array(5).fill(320), ...Array(7).fill(160)]);
      expect(walked.frames.map(({ timeMs }) => timeMs)).toEqual([
        ...[...HALVES(4), 1960, ...HALVES(10).slice(4), 4960],
      ]);
      expect(walked.frames.map(({ sceneChange }) => sceneChange)[5]).toBe(true);
      expect(walked.end.facts).toMatchObject({ frames: 125, durationMs: 5000, incompleteBecause: null });
      expect(walked.end.facts.segments!.map(({ firstFrame, stream }) => [firstFrame, stream])).toEqual([
        [0, 0],
        [50, 1],
      ]);
      expect(walked.end.remarks.join('\n')).toMatch(/stream 1.*\(160 x 120, h264\): frames 50 to 124, from 2\.00 s/);
      await expectShownAgain(at(name), walked);
      // Taken up again in the second track it gives what is left of it.
      const rest = await walk(at(name), TWICE_A_SECOND, walked.frames[6]!.frameIndex);
      expect(rest.frames.map(({ frameIndex }) => frameIndex)).toEqual(
        walked.frames.slice(7).map(({ frameIndex }) => frameIndex),
      );
    },
  );

  test('frames that an edit list hides are counted, examined and said; the file is not called incomplete (case 12)', async () => {
    ffmpeg(...testPicture('320x240', 25, 4), ...H264, '-g', '250', at('whole.mp4'));
    ffmpeg('-ss', '2', '-i', at('whole.mp4'), '-c', 'copy', at('trimmed.mp4'));
    const whole = await walk(at('whole.mp4'), EVERY);
    const trimmed = await walk(at('trimmed.mp4'), EVERY);
    expect(trimmed.end.facts).toMatchObject({ frames: 100, incompleteBecause: null });
    expect(trimmed.end.remarks.join()).toMatch(/50 frames are hidden by the file's edit list.*they are examined/);
    expect(trimmed.end.remarks.join()).not.toMatch(/Incomplete/);
    // Shown first, then hidden: together they are the whole film.
    const data = (frames: readonly ChosenFrame[]) => frames.map((one) => Buffer.from(one.data).toString('base64'));
    expect(data([...trimmed.frames.slice(50), ...trimmed.frames.slice(0, 50)])).toEqual(data(whole.frames));
    await expectShownAgain(at('trimmed.mp4'), trimmed);
    expect((await walk(at('whole.mp4'), ONCE_A_SECOND)).end.remarks.join()).not.toMatch(/edit list/);
  });

  test('an edit list that shows its part again and again hides nothing from being looked at', async () => {
    ffmpeg(...testPicture('160x96', 10, 4), ...H264, '-g', '10', at('four.mp4'));
    const four = readFileSync(at('four.mp4'));
    writeFileSync(at('again.mp4'), withEdits(four, Array(8).fill({ fromMs: 3000, lengthMs: 1000 })));
    const { frames, end } = await walk(at('again.mp4'), EVERY);
    expect(end.facts).toMatchObject({ frames: 110, incompleteBecause: null });
    expect(end.remarks.join()).toMatch(/30 frames are hidden by the file's edit list/);
    const whole = await walk(at('four.mp4'), EVERY);
    const data = (some: readonly ChosenFrame[]) =>
      new Set(some.map((one) => createHash('sha256').update(one.data).digest('hex')));
    expect(data(frames)).toEqual(data(whole.frames));
    await expectShownAgain(at('again.mp4'), { frames: frames.slice(80), end });
    // What lies in fragments behind stands for none of what is hidden before.
    const inPieces = ['-movflags', 'frag_keyframe+default_base_moof'];
    ffmpeg(...testPicture('160x96', 10, 4), ...H264, '-g', '10', ...inPieces, at('pieces.mp4'));
    const pieces = await walk(at('pieces.mp4'), EVERY);
    expect(pieces.end.facts.frames).toBe(40);
    expect(pieces.end.remarks.join()).not.toMatch(/edit list/);
    writeFileSync(at('late.mp4'), withEdits(readFileSync(at('pieces.mp4')), [{ fromMs: 500, lengthMs: 500 }]));
    const late = await walk(at('late.mp4'), EVERY);
    expect(data(late.frames)).toEqual(data(pieces.frames));
  });

  test('a picture track that begins late in the file is walked through like any other, and shown again', async () => {
    // More than the demuxer looks at before it says what a file has, on both sides.
    const noise = ['-f', 'lavfi', '-i', 'color=gray:s=640x512:r=5:d=4,noise=alls=100:allf=t'];
    const coded = ['-c:v', 'mpeg2video', '-qscale:v', '1', '-bf', '0', '-g', '1'];
    ffmpeg(...noise, ...coded, '-mpegts_start_pid', '0x100', at('noise.ts'));
    ffmpeg(...bars(1, 2), ...H264, '-mpegts_start_pid', '0x200', '-output_ts_offset', '4', at('late.ts'));
    ffmpeg('-i', at('noise.ts'), '-c', 'copy', '-f', 'vob', at('noise.mpg'));
    ffmpeg(...bars(1, 2), '-c:v', 'mpeg2video', '-f', 'vob', at('late.mpg'));
    const other = readFileSync(at('late.mpg'));
    for (let place = other.indexOf('000001e0', 'hex'); place >= 0; place = other.indexOf('000001e0', place, 'hex'))
      other[place + 3] = 0xe1;
    writeFileSync(at('late.mpg'), other);
    for (const ending of ['ts', 'mpg']) {
      const [noisy, late] = [readFileSync(at(`noise.${ending}`)), readFileSync(at(`late.${ending}`))];
      expect(noisy.length).toBeGreaterThan(6_000_000);
      const file = at(`late-track.${ending}`);
      writeFileSync(file, Buffer.concat([noisy, late, noisy]));
      const walked = await walk(file, TWICE_A_SECOND);
      expect(walked.end.facts.segments!.map(({ stream }) => stream)).toContain(1);
      expect(walked.end.remarks.join('\n')).toMatch(/stream 1.*\(320 x 240, /);
      expect(walked.frames.filter(({ widthPx }) => widthPx === 320)).toHaveLength(5);
      await expectShownAgain(file, { ...walked, frames: walked.frames.slice(-4) });
      // Taken up again in the late track it gives what is left of it.
      const rest = await walk(file, TWICE_A_SECOND, walked.frames.at(-3)!.frameIndex);
      expect(rest.frames.map(({ frameIndex }) => frameIndex)).toEqual(
        walked.frames.slice(-2).map(({ frameIndex }) => frameIndex),
      );
    }
  });
});

describe('what a file is, is decided by the decoders where its beginning is not known', { tags: ['ffmpeg'] }, () => {
  const film = [...testPicture('320x240', 30, 2)];
  const typeOf = async (file: string): Promise<string | null> =>
    mediaTypeFromBytes(readFileSync(file).subarray(0, SNIFF_BYTES)) ?? (await decoder.probe(file));

  /** Streams without a container, as cameras write them. */
  const STREAMS: readonly (readonly [string, readonly string[]])[] = [
    ['annexb.h264', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bsf:v', 'h264_metadata=delete_filler=1']],
    ['sei-first.h264', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bsf:v', 'h264_metadata=aud=remove']],
    ['aud.hevc', ['-c:v', 'libx265', '-x265-params', 'log-level=none:aud=1', '-pix_fmt', 'yuv420p']],
    ['plain.hevc', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p']],
    ['part4.m4v', ['-c:v', 'mpeg4', '-bf', '2', '-f', 'm4v']],
    ['part2.m2v', ['-c:v', 'mpeg2video', '-bf', '2']],
    ['av1.obu', ['-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime']],
  ];

  test.each(STREAMS.map(([name, args]) => ({ name, args })))(
    '$name: its true rate, and every frame by its number (case 13)',
    async ({ name, args }) => {
      ffmpeg(...film, ...args, at(name));
      expect(await typeOf(at(name))).toMatch(/^video\//);
      const walked = await walk(at(name), TWICE_A_SECOND);
      expect(walked.end.facts.frames).toBe(60);
      const isStated = !walked.end.remarks.join().includes('states no frame rate; 25 frames a second are assumed');
      expect(isStated).toBe(name !== 'av1.obu');
      expect(walked.end.facts.durationMs).toBeCloseTo(isStated ? 2000 : 2400, 0);
      expect(walked.frames.length).toBeGreaterThanOrEqual(4);
      await expectShownAgain(at(name), walked);
    },
  );

  test('start codes of three bytes and every kind of first unit are H.264 (case 13)', async () => {
    ffmpeg(...film, ...H264, '-bsf:v', 'h264_mp4toannexb', at('raw.h264'));
    const bytes = readFileSync(at('raw.h264'));
    // Units in another order of importance (nal_ref_idc) are the same units.
    for (const first of [0x27, 0x47]) {
      const own = Buffer.from(bytes);
      const sps = own.indexOf(Buffer.from([0, 0, 1, 0x67]));
      own[sps + 3] = first;
      writeFileSync(at(`first-${first}.h264`), own.subarray(sps));
      expect(await typeOf(at(`first-${first}.h264`))).toBe('video/h264');
      const walked = await walk(at(`first-${first}.h264`), TWICE_A_SECOND);
      expect(walked.end.facts).toMatchObject({ frames: 60, frameRate: { num: 30, den: 1 } });
      await expectShownAgain(at(`first-${first}.h264`), walked);
    }
  });

  test("a stream taken out of its container: its rate is the container's, every frame by its number (case 13)", async () => {
    ffmpeg(...film, ...H264, at('box.mp4'));
    ffmpeg('-i', at('box.mp4'), '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', at('out.h264'));
    const bytes = readFileSync(at('out.h264'));
    // As written, and with the first start code one zero shorter.
    for (const [n, own] of [bytes, bytes.subarray(bytes.indexOf(Buffer.from([0, 0, 1])))].entries()) {
      writeFileSync(at(`out-${n}.h264`), own);
      expect(await typeOf(at(`out-${n}.h264`))).toBe('video/h264');
      const walked = await walk(at(`out-${n}.h264`), TWICE_A_SECOND);
      expect(walked.end.facts).toMatchObject({ frames: 60, frameRate: { num: 30, den: 1 } });
      expect(walked.end.facts.durationMs).toBeCloseTo(2000, 0);
      await expectShownAgain(at(`out-${n}.h264`), walked);
    }
  });

  test('JPEG pictures one behind the other are walked through as a film (case 20)', async () => {
    ffmpeg(...testPicture('320x240', 25, 2), '-c:v', 'mjpeg', '-q:v', '3', at('film.mjpeg'));
    const walked = await walk(at('film.mjpeg'), TWICE_A_SECOND);
    expect(walked.end.facts).toMatchObject({ container: 'mjpeg', frames: 50 });
    expect(walked.end.remarks.join()).toMatch(/states no frame rate; 25 frames a second are assumed/);
    expect(walked.frames.map(({ frameIndex }) => frameIndex)).toEqual([0, 13, 25, 38, 49]);
    await expectShownAgain(at('film.mjpeg'), walked);
  });

  test("a recorder's DHAV file: every picture at its time (case 14)", async () => {
    ffmpeg(...testPicture('320x240', 25, 2), ...H264, '-bf', '0', '-x264-params', 'aud=1', at('recorder.h264'));
    const bytes = dhavFilm(readFileSync(at('recorder.h264')), { widthPx: 320, heightPx: 240 }, 25);
    const signature = Buffer.alloc(0x400);
    signature.write('DAHUA');
    for (const [name, file] of [
      ['recorder.dav', bytes],
      ['signed.dav', Buffer.concat([signature, bytes])],
    ] as const) {
      writeFileSync(at(name), file);
      expect(await typeOf(at(name)), name).toBe('video/x-dhav');
      const walked = await walk(at(name), TWICE_A_SECOND);
      expect(walked.end.facts, name).toMatchObject({ container: 'dhav', frames: 50, durationMs: 2000 });
      expect(walked.frames.map(({ timeMs }) => timeMs)).toEqual([...HALVES(4), 1960]);
      await expectShownAgain(at(name), walked);
    }
  });

  test('containers whose first bytes are on no list (case 14)', async () => {
    ffmpeg(...film, ...H264, at('whole.ts'));
    writeFileSync(at('mid-packet.ts'), readFileSync(at('whole.ts')).subarray(77));
    ffmpeg(...film, '-c:v', 'mpeg2video', '-f', 'mpeg', at('whole.mpg'));
    const head = Buffer.alloc(40, 'IMKH-0101');
    writeFileSync(at('recorder.mpg'), Buffer.concat([head, readFileSync(at('whole.mpg'))]));
    ffmpeg(...film, ...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof', at('fragmented.mp4'));
    const box = (type: string) => Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from(`${type}\0\0\0\0\0\0\0\0`)]);
    for (const type of ['free', 'skip'])
      writeFileSync(at(`${type}.mp4`), Buffer.concat([box(type), readFileSync(at('fragmented.mp4'))]));
    ffmpeg(...testPicture('720x576', 25, 1), '-c:v', 'dvvideo', '-pix_fmt', 'yuv420p', at('tape.dv'));
    ffmpeg(...film, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', at('vp8.ivf'));
    ffmpeg(...film, '-pix_fmt', 'yuv420p', at('raw.y4m'));
    ffmpeg(...film, ...H264, at('film.nut'));
    for (const name of [
      'mid-packet.ts',
      'recorder.mpg',
      'free.mp4',
      'skip.mp4',
      'tape.dv',
      'vp8.ivf',
      'raw.y4m',
      'film.nut',
    ]) {
      expect([name, await typeOf(at(name))]).toEqual([name, expect.stringMatching(/^video\//)]);
      const walked = await walk(at(name), TWICE_A_SECOND);
      expect(walked.frames.length, name).toBeGreaterThanOrEqual(2);
      await expectShownAgain(at(name), walked);
    }
    writeFileSync(at('notes.txt'), 'no video at all\n'.repeat(1000));
    writeFileSync(
      at('noise.bin'),
      Uint8Array.from({ length: 100_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255),
    );
    for (const name of ['notes.txt', 'noise.bin']) expect(await typeOf(at(name)), name).toBeNull();
  });

  test('an AVI without an index, with B frames, is walked through and shown (case 15)', async () => {
    ffmpeg(...testPicture('320x240', 25, 3), ...H264, '-bf', '3', at('b.avi'));
    const bytes = readFileSync(at('b.avi'));
    const index = bytes.lastIndexOf('idx1');
    writeFileSync(at('no-index.avi'), bytes.subarray(0, index));
    for (const name of ['b.avi', 'no-index.avi']) {
      const walked = await walk(at(name), TWICE_A_SECOND);
      expect(walked.frames, name).toHaveLength(7);
      await expectShownAgain(at(name), walked);
    }
  });
});

describe('true shape, light and damage', { tags: ['ffmpeg'] }, () => {
  test('samples that are not square are made square, upright or turned (case 11)', async () => {
    ffmpeg(...testPicture('480x270', 5, 1), ...H264, '-qp', '1', at('square.mkv'));
    ffmpeg(...testPicture('480x270', 5, 1), '-vf', 'scale=iw*9/16:ih,setsar=16/9', ...H264, '-qp', '1', at('wide.mkv'));
    ffmpeg(...testPicture('480x270', 5, 1), '-vf', 'scale=iw:ih*2,setsar=2', ...H264, '-qp', '1', at('tall.mkv'));
    const [square, wide, tall] = [
      await walk(at('square.mkv'), EVERY),
      await walk(at('wide.mkv'), EVERY),
      await walk(at('tall.mkv'), EVERY),
    ];
    expect([wide.end.widthPx, wide.end.heightPx]).toEqual([480, 270]);
    expect([tall.end.widthPx, tall.end.heightPx]).toEqual([960, 540]);
    expect(wide.end.remarks.join()).toMatch(/Samples are 16:9; the picture is stretched to square ones/);
    const a = square.frames[2]!.data;
    const b = wide.frames[2]!.data;
    expect(a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length).toBeLessThan(12);
    await expectShownAgain(at('wide.mkv'), wide);
  });

  test('high dynamic range comes to the range of an ordinary film, and says so (case 17)', async () => {
    const grey = (level: number, args: readonly string[], file: string): void => {
      ffmpeg(
        '-f',
        'lavfi',
        '-i',
        `color=c=0x${level.toString(16).repeat(3)}:s=64x64:r=5:d=1`,
        '-vf',
        'format=yuv420p10le',
        ...args,
        file,
      );
    };
    const hdr = (transfer: string) => [
      ...[
        '-c:v',
        'libx265',
        '-x265-params',
        `log-level=none:transfer=${transfer}:colorprim=bt2020:colormatrix=bt2020nc`,
      ],
    ];
    // Reference white is 75 % of HLG's signal and 58 % of PQ's (ITU-R BT.2408); it becomes nearly
    // white.
    for (const [transfer, level] of [
      ['arib-std-b67', 0xbf],
      ['smpte2084', 0x94],
    ] as const) {
      grey(level, hdr(transfer), at(`${transfer}.mp4`));
      const { frames, end } = await walk(at(`${transfer}.mp4`), EVERY);
      expect(end.facts.colour.transfer).toBe(transfer);
      expect(end.remarks.join()).toMatch(/High dynamic range \((HLG|PQ)\): brought to the standard range/);
      const [red, green, blue] = frames[1]!.data;
      expect(Math.abs(red! - green!) + Math.abs(green! - blue!)).toBeLessThan(4);
      expect(red!, transfer).toBeGreaterThan(222);
      expect(red!, transfer).toBeLessThan(250);
    }
  });

  test('a photograph filmed in high dynamic range comes out as it was, in its colours (case 17)', async () => {
    const { data, info } = await sharp(samplePhotograph(3))
      .resize(240, 160)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const image = { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
    const difference = (other: Uint8Array, channel: number, signed: boolean): number => {
      const own = image.data.filter((_, i) => i % 3 === channel);
      const theirs = other.filter((_, i) => i % 3 === channel);
      return own.reduce((sum, v, i) => sum + (signed ? theirs[i]! - v : Math.abs(theirs[i]! - v)), 0) / own.length;
    };
    for (const transfer of ['arib-std-b67', 'smpte2084'] as const) {
      const file = at(`people-${transfer}.mp4`);
      makeHdrFilm(file, image, { transfer, frames: 2 });
      const { frames } = await walk(file, EVERY);
      const asCoded = await decoder.frameAt(file, { pts: frames[0]!.pts }, 1);
      if (asCoded.kind !== 'picture') throw new Error(unreadableWords(asCoded));
      for (const channel of [0, 1, 2]) {
        const off = difference(frames[0]!.data, channel, false);
        expect(off, `${transfer}, channel ${channel}`).toBeLessThan(8);
        expect(Math.abs(difference(frames[0]!.data, channel, true)), `${transfer}, ${channel}`).toBeLessThan(6);
        expect(difference(asCoded.data, channel, false), `${transfer}, ${channel} as coded`).toBeGreaterThan(2 * off);
      }
    }
  });

  test('after one hit in a stream that refreshes little by little, only about a second is lost (case 16)', async () => {
    const refresh = [
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
      '-bf',
      '0',
      '-x264-params',
      'intra-refresh=1:keyint=250',
    ];
    ffmpeg(...testPicture('480x320', 25, 8), ...refresh, at('refresh.mkv'));
    const whole = await walk(at('refresh.mkv'), EVERY);
    const bytes = readFileSync(at('refresh.mkv'));
    for (let i = 0; i < 400; i++) bytes[Math.floor(bytes.length * 0.15) + i] = (i * 97) & 255;
    writeFileSync(at('hit.mkv'), bytes);
    const hit = await walk(at('hit.mkv'), EVERY);
    expect(hit.frames.length).toBeGreaterThan(whole.frames.length - 40);
    expect(hit.frames.length).toBeLessThan(whole.frames.length);
    expect(hit.frames.every(({ beyondDomain }) => beyondDomain.length === 0)).toBe(true);
    expect(hit.end.remarks.join()).toMatch(/damaged frames are not examined.*follow damage without a key frame/);
    await expectShownAgain(at('hit.mkv'), hit);
  });

  test('in a stream with key frames what follows damage is looked at and lies outside the domain, with that reason (case 16)', async () => {
    ffmpeg(...testPicture('480x320', 25, 8), ...H264, '-g', '250', '-bf', '0', at('long-group.mkv'));
    const bytes = readFileSync(at('long-group.mkv'));
    for (let i = 0; i < 400; i++) bytes[Math.floor(bytes.length * 0.15) + i] = (i * 97) & 255;
    writeFileSync(at('hit-group.mkv'), bytes);
    const { frames, end } = await walk(at('hit-group.mkv'), EVERY);
    const after = frames.filter(({ beyondDomain }) => beyondDomain.length > 0);
    expect(after.length).toBeGreaterThan(100);
    expect(reasonWords(after[0]!.beyondDomain[0]!)).toMatch(/follows a decoding error/);
    expect(end.facts.damagedFrames).toBeGreaterThanOrEqual(25);
    await expectShownAgain(at('hit-group.mkv'), { frames, end });
  });
});
