// Videos for tests, made by the ffmpeg program; tests that need it have the tag ffmpeg. The program
// is an independent witness: it says which frames a file has and when they are shown. Tests only.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { samplePhotograph } from '../../finder-weights.ts';

/** True where the ffmpeg and ffprobe programs can be run. */
export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((name) => spawnSync(name, ['-version']).status === 0);

/** Runs ffmpeg; throws with its own words when it fails. */
export function ffmpeg(...args: readonly string[]): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-y', '-threads', '1', ...args], { maxBuffer: 2 ** 30, stdio: 'pipe' });
}

/** A moving test picture: `-f lavfi -i` and its description. */
export const testPicture = (size: string, rate: number, seconds: number): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];

/**
 * Marks a video to be shown turned clockwise, without coding it anew. Newer programs take an
 * option, older ones a tag.
 */
export function markTurned(from: string, degrees: number, to: string): void {
  try {
    ffmpeg('-display_rotation', String(360 - degrees), '-i', from, '-c', 'copy', to);
  } catch {
    ffmpeg('-i', from, '-c', 'copy', '-metadata:s:v:0', `rotate=${360 - degrees}`, to);
  }
}

/** Best-effort timestamps of every frame ffprobe shows, in its order. */
export function probedPts(file: string): number[] {
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=best_effort_timestamp', '-of', 'json'];
  const { frames } = JSON.parse(execFileSync('ffprobe', [...args, file], { maxBuffer: 2 ** 28 }).toString()) as {
    frames: { best_effort_timestamp?: number }[];
  };
  return frames.map((one) => one.best_effort_timestamp ?? Number.NaN);
}

/**
 * Eight seconds of a test picture in VP9, five frames a second and a key frame a second, in which the
 * packets of `from` to `to` seconds are overwritten: this decoder refuses them, and gives no frame.
 */
export function makeWithLostPackets(file: string, from: number, to: number): void {
  const coding = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '5', '-auto-alt-ref', '0'];
  ffmpeg(...testPicture('160x96', 5, 8), ...coding, '-lag-in-frames', '0', file);
  const args = ['-v', 'error', '-show_entries', 'packet=pts_time,size,pos', '-of', 'json', file];
  const { packets } = JSON.parse(execFileSync('ffprobe', args).toString()) as {
    packets: { pts_time: string; size: string; pos: string }[];
  };
  const bytes = readFileSync(file);
  for (const { pts_time: time, size, pos } of packets)
    if (Number(time) >= from && Number(time) < to) bytes.fill(0xff, Number(pos), Number(pos) + Number(size));
  writeFileSync(file, bytes);
}

/**
 * Two shots of three faces each, the camera moving over sample photographs; 6 s, 10 frames a
 * second.
 */
export function makeTwoShots(file: string): void {
  const still = (n: number) => ['-loop', '1', '-t', '3', '-i', samplePhotograph(n)];
  const shot = (n: number) =>
    `[${n}]scale=720:-2,crop=560:420:(in_w-out_w)*t/3:(in_h-out_h)/2,fps=10,setsar=1,format=yuv420p[s${n}]`;
  const graph = `${shot(0)};${shot(1)};[s0][s1]concat=n=2`;
  ffmpeg(...still(1), ...still(3), '-filter_complex', graph, '-c:v', 'libx264', file);
}

/**
 * A film as Dahua's recorders write it (DHAV): one chunk a picture, each with its own date, in the
 * layout that FFmpeg's demuxer reads. `stream`: H.264 with an access unit delimiter before every
 * picture, a whole number of `rate` pictures a second. Begins on 2026-11-24, 20:31:00.
 */
export function dhavFilm(stream: Buffer, size: { widthPx: number; heightPx: number }, rate: number): Buffer {
  const picturesFrom = accessUnits(stream);
  return Buffer.concat(picturesFrom.map((picture, n) => dhavChunk(picture, n, size, rate)));
}

/** Pieces that begin with an access unit delimiter. */
function accessUnits(stream: Buffer): Buffer[] {
  const delimiter = Buffer.from([0, 0, 0, 1, 9]);
  const starts: number[] = [];
  for (let at = stream.indexOf(delimiter); at >= 0; at = stream.indexOf(delimiter, at + 1)) starts.push(at);
  return starts.map((from, i) => stream.subarray(from, starts[i + 1] ?? stream.length));
}

const DHAV_KEY_FRAME = 0xfd;
const DHAV_FRAME = 0xfc;
const DHAV_H264 = 4;

function dhavChunk(
  picture: Buffer,
  n: number,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  rate: number,
): Buffer {
  const isKey = picture.includes(Buffer.from([0, 0, 1, 0x65]));
  const more = isKey ? Buffer.from([0x80, 0, widthPx / 8, heightPx / 8, 0x81, 0, DHAV_H264, rate]) : Buffer.alloc(0);
  const head = Buffer.alloc(24);
  head.write('DHAV', 0, 'latin1');
  head[4] = isKey ? DHAV_KEY_FRAME : DHAV_FRAME;
  head[6] = 1;
  const length = head.length + more.length + picture.length + 8;
  head.writeUInt32LE(n, 8);
  head.writeUInt32LE(length, 12);
  // Year since 2000, month, day, hour, minute, second, in six bits and less.
  const second = Math.floor(n / rate);
  head.writeUInt32LE(((26 << 26) | (11 << 22) | (24 << 17) | (20 << 12) | (31 << 6) | second) >>> 0, 16);
  head.writeUInt16LE(Math.round((n % rate) * (1000 / rate)), 20);
  head[22] = more.length;
  head[23] = head.reduce((sum, byte) => sum + byte, 0) & 255;
  const tail = Buffer.alloc(8);
  tail.write('dhav', 0, 'latin1');
  tail.writeUInt32LE(length, 4);
  return Buffer.concat([head, more, picture, tail]);
}

/** Codecs and containers of the trade: name of the file, and how ffmpeg makes it. */
export const FORMATS: readonly (readonly [string, readonly string[]])[] = [
  ['h264.mp4', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p']],
  ['h264.ts', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p']],
  ['h264-10.mkv', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p10le']],
  ['h264-444.mkv', ['-c:v', 'libx264', '-pix_fmt', 'yuv444p']],
  ['h265.mp4', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1']],
  ['h265-10.mov', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p10le']],
  ['vp8.webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8']],
  ['vp9.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8']],
  ['av1.mkv', ['-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime']],
  ['asp.avi', ['-c:v', 'mpeg4', '-q:v', '4', '-bf', '2']],
  ['mjpeg.avi', ['-c:v', 'mjpeg', '-q:v', '3']],
  ['mjpeg.mov', ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj422p']],
  ['prores.mov', ['-c:v', 'prores_ks', '-profile:v', '2']],
  ['mpeg2.mpg', ['-c:v', 'mpeg2video', '-q:v', '4']],
  ['mpeg2.ts', ['-c:v', 'mpeg2video', '-q:v', '4']],
  ['wmv2.wmv', ['-c:v', 'wmv2', '-q:v', '4']],
  ['theora.ogv', ['-c:v', 'libtheora', '-q:v', '7']],
  ['raw.avi', ['-c:v', 'rawvideo', '-pix_fmt', 'bgr24', '-t', '0.4']],
];
