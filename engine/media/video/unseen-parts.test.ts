// What of a film is not seen though every packet that the demuxer gives is decoded: a stretch that is
// missing, transparency, colours that are not applied, a second film behind the first.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Remark } from '../../../contract/remark.ts';
import { behindFilm } from './behind-film.ts';
import { FileWalk } from './file-walk.ts';
import { ffmpeg, testPicture } from './testing/make-media.ts';
import type { ChosenFrame } from './video-messages.ts';
import { VideoReader } from './video-reader.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-unseen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);

/** Walks through a film; what was left out of it, and the frames that were looked at. */
async function walkThrough(file: string): Promise<{ leftOut: readonly Remark[]; frames: ChosenFrame[] }> {
  const walk = new FileWalk(
    file,
    (name, track) => VideoReader.open(name, { ...track, threads: 1 }),
    { kind: 'byTime', framesPerSecond: 2, sceneChanges: true },
    -1,
  );
  const frames: ChosenFrame[] = [];
  await walk.begin();
  for (let step = await walk.step(); step; step = await walk.step()) if (step !== 'passed') frames.push(step);
  return { leftOut: walk.end().leftOut, frames };
}

const PICTURE = testPicture('160x96', 10, 10);

/** Overwrites the bytes of the packets from one time to another with zeros, as a bad sector leaves them. */
function makeHole(file: string, fromS: number, toS: number): void {
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=pts_time,pos', '-of', 'json', file];
  const { packets } = JSON.parse(execFileSync('ffprobe', args).toString()) as {
    packets: { pts_time: string; pos: string }[];
  };
  const places = packets.map(({ pts_time, pos }) => ({ time: Number(pts_time), pos: Number(pos) }));
  const lost = places.filter(({ time }) => time >= fromS && time < toS).map(({ pos }) => pos);
  const next = Math.min(...places.filter(({ time }) => time >= toS).map(({ pos }) => pos));
  const bytes = readFileSync(file);
  bytes.fill(0, Math.min(...lost), next);
  writeFileSync(file, bytes);
}

describe('a stretch that is missing', { tags: ['ffmpeg'] }, () => {
  test.each(['mkv', 'webm', 'mxf'])('zeros in the middle of %s are named with their time', async (ending) => {
    const codec = ending === 'webm' ? ['-c:v', 'libvpx', '-g', '10'] : ['-c:v', 'mpeg2video', '-g', '10', '-bf', '0'];
    const rate = ending === 'mxf' ? ['-r', '25'] : [];
    ffmpeg(...PICTURE, ...codec, ...rate, '-pix_fmt', 'yuv420p', '-cluster_time_limit', '500', at(`hole.${ending}`));
    const whole = await walkThrough(at(`hole.${ending}`));
    expect(whole.leftOut).toEqual([]);
    makeHole(at(`hole.${ending}`), 3, 7);
    const { leftOut } = await walkThrough(at(`hole.${ending}`));
    const [time] = leftOut.flatMap((one) => (one.kind === 'timesWithoutFrames' ? [one] : []));
    expect(time!.toMs - time!.fromMs).toBeGreaterThan(2500);
    expect(time!.fromMs).toBeLessThan(3500);
  });

  test('many short stretches are named as one long one is; a beginning between two key frames too', async () => {
    const gaps = ['-vf', "select='lt(mod(t,1),0.3)'", '-fps_mode', 'passthrough'];
    ffmpeg(...PICTURE, ...gaps, '-c:v', 'mpeg4', at('gaps.mkv'));
    expect((await walkThrough(at('gaps.mkv'))).leftOut).toMatchObject([{ kind: 'timesWithoutFrames', times: 9 }]);
    const coding = [
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '50',
      '-bf',
      '0',
      '-x264-params',
      'aud=1:scenecut=0',
    ];
    ffmpeg(...PICTURE, ...coding, at('whole.h264'));
    const stream = readFileSync(at('whole.h264'));
    const [delimiter, units] = [Buffer.from([0, 0, 0, 1, 9]), [] as number[]];
    for (let place = stream.indexOf(delimiter); place >= 0; place = stream.indexOf(delimiter, place + 1))
      units.push(place);
    // The first picture is taken out, what its decoder needs is left.
    const idr = stream.indexOf(Buffer.from([0, 0, 1, 0x65]));
    writeFileSync(at('middle.h264'), Buffer.concat([stream.subarray(0, idr), stream.subarray(units[1]!)]));
    const { leftOut } = await walkThrough(at('middle.h264'));
    expect(leftOut.map(({ kind }) => kind)).toContain('packetsBeforeFirst');
    expect((await walkThrough(at('whole.h264'))).leftOut).toEqual([]);
  });

  test('packets of which the decoder makes no picture are named: units of another layer between the pictures', async () => {
    const coding = ['-c:v', 'libx265', '-pix_fmt', 'yuv420p', '-x265-params', 'log-level=none:keyint=300:scenecut=0'];
    ffmpeg(...PICTURE, ...coding, at('one.h265'));
    expect((await walkThrough(at('one.h265'))).leftOut).toEqual([]);
    const mark = Buffer.from([0, 0, 0, 1]);
    const units = unitsOf(readFileSync(at('one.h265')));
    const isPicture = (unit: Buffer) => ((unit[0]! >> 1) & 63) < 32;
    // Behind each picture it and what its decoder needs once more, as units of layer 1.
    let beside: Buffer[] = [];
    const doubled = units.flatMap((unit) => {
      const other = Buffer.from(unit);
      other[1] = (other[1]! & 7) | (1 << 3);
      beside.push(mark, other);
      if (!isPicture(unit)) return [mark, unit];
      const both = [mark, unit, ...beside];
      beside = [];
      return both;
    });
    writeFileSync(at('two.h265'), Buffer.concat(doubled));
    const { leftOut } = await walkThrough(at('two.h265'));
    expect(leftOut.map(({ kind }) => kind)).toContain('packetsWithoutFrame');
  });

  test('a film of few frames a second has no pauses', async () => {
    ffmpeg(...testPicture('160x96', 1, 20), '-vf', 'fps=1/4', '-c:v', 'mpeg4', at('slow.mkv'));
    expect((await walkThrough(at('slow.mkv'))).leftOut).toEqual([]);
  });
});

/** Units of a coded stream, without the marks that begin them. */
function unitsOf(stream: Buffer): Buffer[] {
  const mark = Buffer.from([0, 0, 1]);
  const starts: number[] = [];
  for (let place = stream.indexOf(mark); place >= 0; place = stream.indexOf(mark, place + 3)) starts.push(place);
  return starts.map((from, i) => {
    let to = starts[i + 1] ?? stream.length;
    while (to > from + 3 && stream[to - 1] === 0) to -= 1;
    return stream.subarray(from + 3, to);
  });
}

describe('transparency', { tags: ['ffmpeg'] }, () => {
  const half = ['-vf', 'format=rgba,colorchannelmixer=aa=0.5'];
  test.each([
    ['beside the frames of WebM', 'webm', [...half, '-c:v', 'libvpx', '-pix_fmt', 'yuva420p', '-auto-alt-ref', '0']],
    ['in planes', 'mkv', [...half, '-c:v', 'ffv1', '-pix_fmt', 'yuva420p']],
    ['in deep planes', 'nut', [...half, '-c:v', 'ffv1', '-pix_fmt', 'yuva444p10le']],
    ['in packed pixels', 'mov', [...half, '-c:v', 'qtrle', '-pix_fmt', 'argb']],
  ])('%s is named', async (_, ending, args) => {
    ffmpeg(...testPicture('160x96', 10, 1), ...args, at(`clear.${ending}`));
    expect((await walkThrough(at(`clear.${ending}`))).leftOut).toEqual([{ kind: 'opacityNotApplied' }]);
  });

  test('one that is opaque all over is not', async () => {
    const args = ['-vf', 'format=rgba', '-c:v', 'qtrle', '-pix_fmt', 'argb'];
    ffmpeg(...testPicture('160x96', 10, 1), ...args, at('opaque.mov'));
    expect((await walkThrough(at('opaque.mov'))).leftOut).toEqual([]);
  });
});

describe('colours', { tags: ['ffmpeg'] }, () => {
  const made = async (transfer: string) => {
    const file = at(`${transfer}.mp4`);
    const colours = ['-color_primaries', 'bt709', '-color_trc', transfer, '-colorspace', 'bt709'];
    ffmpeg(...testPicture('160x96', 10, 1), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...colours, file);
    return walkThrough(file);
  };

  test('a curve that is not applied is named, and its frames are beyond every limit', async () => {
    const { leftOut, frames } = await made('linear');
    expect(leftOut).toMatchObject([{ kind: 'coloursNotApplied', stated: 'primaries 1, curve 8' }]);
    expect(frames.length).toBeGreaterThan(0);
    for (const { beyondDomain } of frames) expect(beyondDomain).toMatchObject([{ kind: 'coloursNotApplied' }]);
  });

  test('usual ones are not', async () => {
    const { leftOut, frames } = await made('bt709');
    expect([leftOut, frames.flatMap(({ beyondDomain }) => beyondDomain)]).toEqual([[], []]);
  });
});

test('what a film shows between the looks alone is looked at: faded in and out, or one frame that stands', {
  tags: ['ffmpeg'],
}, async () => {
  // White at every half second; a picture of its own fades in and out between, in steps that are no cut.
  const share = 'clip((0.25-abs(mod(T,0.5)-0.25))/0.09,0,1)';
  const luma = `lum='235-${share}*mod(X*37+Y*91,96)'`;
  const grey = ['-f', 'lavfi', '-i', 'color=c=white:s=160x96:r=60:d=2', '-vf', `format=gray,geq=${luma}`];
  ffmpeg(...grey, '-c:v', 'ffv1', at('fading.mkv'));
  const { frames } = await walkThrough(at('fading.mkv'));
  const whole = frames.filter(({ timeMs }) => Math.abs((timeMs % 500) - 250) <= 160);
  for (const from of [0, 500, 1000, 1500])
    expect(whole.filter(({ timeMs }) => timeMs >= from && timeMs < from + 500)).not.toEqual([]);
  expect(frames.some(({ sceneChange }) => sceneChange)).toBe(false);
  // Of each half second one frame stands, from 16 ms behind its beginning on.
  const stands = "select='lt(mod(n,30),2)+eq(mod(n,30),29)'";
  const sudden = "lum='if(eq(mod(N,30),1),mod(X*37+Y*91,200),235)'";
  ffmpeg(
    ...['-f', 'lavfi', '-i', 'color=c=white:s=160x96:r=60:d=2', '-vf', `format=gray,geq=${sudden},${stands}`],
    ...['-fps_mode', 'passthrough', '-c:v', 'ffv1', at('standing.mkv')],
  );
  const standing = await walkThrough(at('standing.mkv'));
  expect(standing.frames.map(({ timeMs }) => timeMs)).toEqual(
    expect.arrayContaining([17, 517, 1017, 1517].map((ms) => expect.closeTo(ms, -0.5))),
  );
});

test('a film that asks to be turned by no quarter is named, one that is turned by a quarter is not', {
  tags: ['ffmpeg'],
}, async () => {
  ffmpeg(...testPicture('160x96', 10, 1), '-c:v', 'mpeg4', at('straight.mp4'));
  const film = readFileSync(at('straight.mp4'));
  const turnedBy = async (degrees: number) => {
    const bytes = Buffer.from(film);
    // The matrix of the track's header: 40 bytes behind its version.
    const from = bytes.indexOf('tkhd', 0, 'latin1') + 4 + 40;
    const [cos, sin] = [Math.cos, Math.sin].map((of) => Math.round(of((degrees * Math.PI) / 180) * 65536)) as [
      number,
      number,
    ];
    for (const [i, value] of [cos, sin, 0, -sin, cos].entries()) bytes.writeInt32BE(value, from + i * 4);
    writeFileSync(at('turned.mp4'), bytes);
    return (await walkThrough(at('turned.mp4'))).leftOut;
  };
  expect(await turnedBy(0)).toEqual([]);
  expect(await turnedBy(90)).toEqual([]);
  expect(await turnedBy(45)).toEqual([{ kind: 'turnNotApplied', degrees: 45 }]);
});

describe('a second film behind the first', { tags: ['ffmpeg'] }, () => {
  test.each([
    ['avi', 'avi', 'mpeg4'],
    ['mkv', 'matroska,webm', 'mpeg4'],
    ['asf', 'asf', 'msmpeg4'],
    ['ivf', 'ivf', 'libvpx'],
  ])('%s', (ending, container, codec) => {
    ffmpeg(...testPicture('160x96', 10, 1), '-c:v', codec, '-pix_fmt', 'yuv420p', at(`one.${ending}`));
    const film = readFileSync(at(`one.${ending}`));
    const behind = (...parts: Uint8Array[]) => {
      writeFileSync(at('joined'), Buffer.concat(parts));
      return behindFilm(at('joined'), container);
    };
    expect(behind(film)).toEqual([]);
    expect(behind(film, Buffer.alloc(4096))).toEqual([]);
    expect(behind(film, film)).toEqual([{ kind: 'secondFilm', bytes: film.length, inPieces: false }]);
  });
});

test('a film behind a recording of open length is named, whether its clusters say their length or not', {
  tags: ['ffmpeg'],
}, () => {
  ffmpeg(...testPicture('160x96', 10, 2), '-c:v', 'libvpx', '-pix_fmt', 'yuv420p', '-live', '1', at('live.webm'));
  const live = readFileSync(at('live.webm'));
  const behind = (...parts: Uint8Array[]) => {
    writeFileSync(at('joined'), Buffer.concat(parts));
    return behindFilm(at('joined'), 'matroska,webm');
  };
  const cluster = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);
  const segment = live.indexOf(Buffer.from([0x18, 0x53, 0x80, 0x67]));
  expect(live[segment + 4]).toBe(0x01);
  expect(live.subarray(segment + 5, segment + 12).every((byte) => byte === 0xff)).toBe(true);
  // As browsers record: clusters of open length too.
  const open = Buffer.from(live);
  for (let i = open.indexOf(cluster); i >= 0; i = open.indexOf(cluster, i + 4)) {
    const bytes = Math.clz32(open[i + 4]!) - 23;
    open[i + 4] = 0xff >> (bytes - 1);
    open.fill(0xff, i + 5, i + 4 + bytes);
  }
  for (const film of [live, open]) {
    expect(behind(film)).toEqual([]);
    expect(behind(film, film)).toEqual([{ kind: 'secondFilm', bytes: film.length, inPieces: false }]);
    // Damage in between is passed over by what plays it, and hides no head behind it.
    expect(behind(film, Buffer.alloc(300, 0x33), film)).toEqual([
      { kind: 'secondFilm', bytes: film.length, inPieces: false },
    ]);
    expect(behind(film, Buffer.alloc(300, 0x33))).toEqual([]);
  }
});

test('a film in a box that is to be passed over, or in data that no table speaks of, is named; what programs leave there is not', {
  tags: ['ffmpeg'],
}, () => {
  const sound = ['-f', 'lavfi', '-i', 'sine=d=1', '-shortest'];
  const boxOf = (type: string, content: Uint8Array): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length, 0);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  for (const [name, ...more] of [
    ['plain.mp4', '-c:v', 'mpeg4', '-c:a', 'aac'],
    ['fast.mp4', '-c:v', 'mpeg4', '-c:a', 'aac', '-movflags', '+faststart'],
    ['sound.mov', '-c:v', 'mpeg4', '-c:a', 'pcm_s16le', '-ac', '2'],
    ['old.mov', '-c:v', 'mpeg4', '-c:a', 'adpcm_ima_qt'],
    ['pieces.mp4', '-c:v', 'mpeg4', '-c:a', 'aac', '-movflags', '+frag_keyframe+empty_moov'],
  ] as const) {
    ffmpeg(...testPicture('160x96', 10, 1), ...sound, ...more, at(name));
    const film = readFileSync(at(name));
    const behind = (...parts: Uint8Array[]) => {
      writeFileSync(at('joined'), Buffer.concat(parts));
      return behindFilm(at('joined'), 'mov,mp4,m4a,3gp,3g2,mj2');
    };
    expect(behind(film), name).toEqual([]);
    expect(behind(film, boxOf('free', Buffer.alloc(100_000))), name).toEqual([]);
    expect(behind(film, boxOf('free', Buffer.from('written by a program')))).toEqual([]);
    const hidden = Buffer.concat([film, Buffer.alloc(8000, 1)]);
    const named = [{ kind: 'bytesBesideFilm', bytes: hidden.length }];
    for (const type of ['free', 'skip', 'wide'])
      expect(behind(film, boxOf(type, hidden)), name).toMatchObject([{ kind: 'bytesBesideFilm' }]);
    if (name !== 'pieces.mp4')
      expect(behind(film, boxOf('mdat', Buffer.concat([Buffer.from([1]), hidden]))), name).toMatchObject([
        { ...named[0], bytes: hidden.length + 1 },
      ]);
  }
});

test('tables of a second film without a head of their own are named', { tags: ['ffmpeg'] }, () => {
  ffmpeg(...testPicture('160x96', 10, 1), '-c:v', 'mpeg4', '-movflags', '+faststart', at('tables.mp4'));
  const film = readFileSync(at('tables.mp4'));
  const from = film.indexOf('moov', 0, 'latin1') - 4;
  const tables = film.subarray(from, from + film.readUInt32BE(from));
  writeFileSync(at('joined'), Buffer.concat([film, tables]));
  expect(behindFilm(at('joined'), 'mov,mp4,m4a,3gp,3g2,mj2')).toEqual([
    { kind: 'secondFilm', bytes: tables.length, inPieces: false },
  ]);
});

test('files attached to a Matroska film are named, whatever kind they say to be; fonts are not', {
  tags: ['ffmpeg'],
}, async () => {
  writeFileSync(at('photo.bin'), Buffer.from('\xff\xd8any bytes', 'latin1'));
  writeFileSync(at('letters.bin'), Buffer.from('\0\x01\0\0any bytes', 'latin1'));
  const attached = (mime: string, name: string, from: string) => [
    ...['-attach', at(from), '-metadata:s:t:0', `mimetype=${mime}`, '-metadata:s:t:0', `filename=${name}`],
  ];
  const made = async (mime: string, name: string, from = 'photo.bin') => {
    ffmpeg(...testPicture('160x96', 10, 1), '-c:v', 'mpeg4', ...attached(mime, name, from), at('attached.mkv'));
    return (await walkThrough(at('attached.mkv'))).leftOut;
  };
  expect(await made('application/octet-stream', 'photo.bin')).toEqual([
    { kind: 'unseenStream', stream: { index: 1, title: 'photo.bin' }, what: 'attachment' },
  ]);
  expect(await made('application/x-truetype-font', 'letters.ttf', 'letters.bin')).toEqual([]);
  // A picture that is called a font.
  expect(await made('application/x-truetype-font', 'letters.ttf')).toMatchObject([{ what: 'attachment' }]);
});

test('subtitles that draw are named, of any kind; plain texts are not', { tags: ['ffmpeg'] }, async () => {
  const time = '00:00:00,000 --> 00:00:01,000';
  const withTexts = async (texts: string, coding: string, ending: string) => {
    writeFileSync(at('texts.srt'), texts);
    const film = [...testPicture('160x96', 10, 1), '-i', at('texts.srt'), '-map', '0', '-map', '1', '-c:v', 'mpeg4'];
    ffmpeg(...film, '-c:s', coding, at(`texts.${ending}`));
    return (await walkThrough(at(`texts.${ending}`))).leftOut;
  };
  const drawn = [{ kind: 'unseenStream', what: 'subtitles' }];
  const plain = `1\n${time}\n{\\an8}What is said, <i>loudly</i>\n\n2\n${time}\nand what is answered\n`;
  const outlines = `1\n${time}\n{\\an7\\p1}m 0 0 l 100 0 100 100 0 100{\\p0}\n`;
  for (const [coding, ending] of [
    ['mov_text', 'mp4'],
    ['copy', 'mkv'],
    ['webvtt', 'mkv'],
  ] as const)
    expect([coding, await withTexts(plain, coding, ending)]).toEqual([coding, []]);
  expect(await withTexts(outlines, 'copy', 'mkv')).toMatchObject(drawn);
  expect(await withTexts(plain, 'ass', 'mkv')).toMatchObject(drawn);
  // Rows of blocks in two colours, together and each by itself.
  const row = '\u2588\u2591'.repeat(32);
  const rows = Array.from({ length: 30 }, (_, i) => `${row}${i}`);
  expect(await withTexts(`1\n${time}\n${rows.join('\n')}\n`, 'mov_text', 'mp4')).toMatchObject(drawn);
  const each = rows.map((one, i) => `${i + 1}\n${time}\n${one}\n`).join('\n');
  expect(await withTexts(each, 'copy', 'mkv')).toMatchObject(drawn);
});
