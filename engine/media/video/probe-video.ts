// Whether a file that no list of beginnings knows is a video: it opens as one, and a frame of it
// decodes. Runs in the video process.
import type { OpenVideo } from './file-walk.ts';
import { UnreadableVideo, type VideoReader } from './video-reader.ts';

/** Media types by FFmpeg's name of the container; others are named after it. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^mov,mp4/, 'video/mp4'],
  [/^matroska/, 'video/x-matroska'],
  [/^mpegts$/, 'video/mp2t'],
  [/^(mpeg|mpegvideo)$/, 'video/mpeg'],
  [/^h264$/, 'video/h264'],
  [/^hevc$/, 'video/h265'],
  [/^m4v$/, 'video/mp4v-es'],
  [/^asf$/, 'video/x-ms-asf'],
  [/^flv$/, 'video/x-flv'],
  [/^avi$/, 'video/x-msvideo'],
  [/^yuv4mpegpipe$/, 'video/x-yuv4mpeg'],
];

/**
 * Frames asked for before a file is taken to have none; the first of a stream that begins in its
 * middle are lost.
 */
const TRIES = 300;

/** Media type, or null for what is no video here. */
export async function probeVideo(open: OpenVideo, path: string): Promise<string | null> {
  let reader: VideoReader;
  try {
    reader = await open(path);
  } catch (error) {
    if (error instanceof UnreadableVideo) return null;
    throw error;
  }
  try {
    for (let n = 0; n < TRIES; n++) {
      const decoded = reader.next();
      if (!decoded) return null;
      if (!decoded.damaged) return typeOf(reader.container);
    }
    return null;
  } finally {
    reader.close();
  }
}

const typeOf = (container: string): string =>
  TYPES.find(([name]) => name.test(container))?.[1] ?? `video/x-${container.split(',')[0]}`;
