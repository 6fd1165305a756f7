// One frame of a file, for pictures on screen and in reports: the file stays open between calls,
// stepping forward decodes on. A frame is looked for by its timestamp where that leads to it, else
// by counting from the first of its track, which may take several portions. Runs in the video
// process.
import type { DomainReason } from '../../../contract/domain.ts';
import type { FrameQuery } from '../../../contract/video.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { FileIdentity } from '../../files/file-identity.ts';
import type { OpenVideo } from './file-walk.ts';
import { type FrameLook, pixelsOf } from './frame-pixels.ts';
import { beyondDomainOf } from './frame-walk.ts';
import { type DecodedFrame, UnreadableVideo, type VideoReader } from './video-reader.ts';

/** Going forward by at most this much decodes on rather than seeks. */
const STEP_ON_MS = 2000;
/** A key frame is looked for at the pts, then this much before it, then from the beginning. */
const BACK_OFFS_MS: readonly number[] = [0, 10_000];
/** Counting goes on for this long before it is said that it goes on. */
const PORTION_MS = 2000;

/** A track of a film; `identity` where it is to be the one that was hashed. */
type Film = { path: string; key: string; identity: FileIdentity | undefined };

type Opened = {
  key: string;
  reader: VideoReader;
  lastPts: number | undefined;
  /** Frames since the beginning; undefined once the file was searched by time. */
  counted: number | undefined;
};

/** Pixels of a frame: as now (pixelsOf) or as an older pipeline took them. */
export type TakePixels = (frame: DecodedFrame['frame'], look: FrameLook) => RgbImage;

/** A frame that was found; `beyondDomain` as in ChosenFrame. */
export type FoundFrame = RgbImage & { beyondDomain: DomainReason[] };
/** What a search comes to: the frame, or that counting goes on at the next call. */
export type Searched = FoundFrame | 'searching';

/** A frame of a file. Rejects with UnreadableVideo when there is none. */
export type FrameSearch = (
  path: string,
  query: FrameQuery,
  take?: TakePixels,
  identity?: FileIdentity,
) => Promise<Searched>;

export function createFrameSearch(open: OpenVideo): FrameSearch {
  let opened: Opened | undefined;
  const reopen = async (film: Film, query: FrameQuery, threads?: 1): Promise<Opened> => {
    const { path, key, identity } = film;
    opened?.reader.close();
    opened = undefined;
    const { stream, hidden = false } = query;
    const reader = await open(path, {
      ...(stream === undefined ? {} : { stream }),
      hidden,
      identity,
      ...(threads ? { threads } : {}),
    });
    opened = { key, reader, lastPts: undefined, counted: 0 };
    return opened;
  };
  return async (path, query, take = pixelsOf, identity = undefined) => {
    const key = `${path}|${identity}|${query.stream}|${query.hidden}`;
    const film = { path, key, identity };
    const current = opened?.key === key ? opened : await reopen(film, query);
    const found = query.byTime === false ? undefined : byTime(current, query.pts, take);
    if (found) return found;
    const wanted = query.count;
    if (wanted === undefined) throw absent(query);
    const isBehind = current.counted === undefined || current.counted > wanted;
    const fresh = isBehind ? await reopen(film, query, current.reader.threads === 1 ? 1 : undefined) : current;
    const counted = byCount(fresh, query, wanted, take);
    if (counted !== 'followsDamage') return counted;
    // See [Note: behind damage].
    return byCount(await reopen(film, query, 1), query, wanted, take) as Searched;
  };
}

const absent = ({ pts, count }: FrameQuery): UnreadableVideo =>
  new UnreadableVideo(
    'noFrames',
    count === undefined ? { kind: 'noFrameAt', pts } : { kind: 'noFrameOfNumber', frame: count },
  );

function byCount(opened: Opened, query: FrameQuery, wanted: number, take: TakePixels): Searched | 'followsDamage' {
  const until = Date.now() + PORTION_MS;
  for (;;) {
    const decoded = opened.reader.next();
    if (!decoded) {
      opened.counted = undefined;
      throw absent(query);
    }
    if (decoded.afterDamage && opened.reader.threads > 1) return 'followsDamage';
    const number = opened.counted!;
    opened.counted = number + 1;
    opened.lastPts = decoded.pts;
    if (number === wanted) {
      if (decoded.damaged) throw absent(query);
      return taken(decoded, opened.reader, take);
    }
    if (Date.now() > until) return 'searching';
  }
}

const taken = (decoded: DecodedFrame, reader: VideoReader, take: TakePixels): FoundFrame => ({
  ...take(decoded.frame, reader),
  beyondDomain: beyondDomainOf(decoded, reader),
});

function byTime(opened: Opened, pts: number, take: TakePixels): FoundFrame | undefined {
  const { reader, lastPts } = opened;
  const { num, den } = reader.timeBase;
  const ticks = (ms: number): number => Math.ceil((ms * den) / (num * 1000));
  opened.counted = undefined;
  if (lastPts !== undefined && lastPts < pts && pts - lastPts <= ticks(STEP_ON_MS)) {
    const found = walkTo(opened, pts, take);
    if (found) return found;
  }
  for (const back of BACK_OFFS_MS) {
    if (!reader.seek(pts - ticks(back))) continue;
    const found = walkTo(opened, pts, take);
    if (found) return found;
  }
  reader.seek(undefined);
  return walkTo(opened, pts, take);
}

/** Decodes on to the frame; undefined when it has been passed, is damaged or is not there. */
function walkTo(opened: Opened, pts: number, take: TakePixels): FoundFrame | undefined {
  for (;;) {
    const decoded = opened.reader.next();
    opened.lastPts = decoded?.pts;
    if (!decoded || (decoded.pts !== undefined && decoded.pts > pts)) return undefined;
    if (decoded.pts !== pts) continue;
    // Whether the stream refreshes little by little is known from its beginning alone.
    return decoded.damaged || decoded.afterDamage ? undefined : taken(decoded, opened.reader, take);
  }
}
