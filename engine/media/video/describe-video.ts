// What the container says of itself, as lines for the inspector: tags, tracks, and the device that
// wrote it where it is named.
import type { EvidenceMetadata } from '../../../contract/evidence.ts';
import type { OpenVideo } from './file-walk.ts';

/** Metadata groups of a video file. Throws UnreadableVideo. */
export async function describeVideo(open: OpenVideo, path: string): Promise<EvidenceMetadata> {
  const reader = await open(path);
  try {
    const { stream, tags } = reader;
    const { codecpar, timeBase, avgFrameRate } = stream;
    const entries = Object.entries({
      Container: reader.container,
      Codec: reader.codecName,
      'Codec string': codecpar.getCodecString() ?? '',
      'Coded size': `${codecpar.width} x ${codecpar.height}`,
      'Time base': `${timeBase.num}/${timeBase.den} s`,
      'Average frame rate': `${avgFrameRate.num}/${avgFrameRate.den} per s`,
      'Stated frames': reader.statedFrames?.toString() ?? 'not stated',
      'Stated duration': reader.statedDuration === undefined ? 'not stated' : `${reader.statedDuration} ticks`,
      'Picture tracks': String(reader.pictureStreams.filter(({ kind }) => kind === 'video').length),
      'Bit rate': codecpar.bitRate > 0n ? `${codecpar.bitRate} bit/s` : 'not stated',
    }).map(([name, value]) => ({ name, value }));
    const tagged = Object.entries(tags).map(([name, value]) => ({ name, value }));
    return [{ group: 'Video', entries }, ...(tagged.length > 0 ? [{ group: 'Container tags', entries: tagged }] : [])];
  } finally {
    reader.close();
  }
}
