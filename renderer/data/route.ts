// Which screen is shown, from the part of the address after `#`: #/faces, #/inspect/12,
// #/video/3/250, #/video/3/250/2/7 for track 7 of the file's scan 2.
import type { EvidenceId, TrackId, VerdictId, VideoScanId } from '../../contract/brand.ts';
import type { TrackPlace } from '../../contract/track.ts';
import { createStore, useStore } from './store.ts';

export const VIEWS = [
  'cases',
  'faces',
  'video',
  'scan',
  'report',
  'models',
  'training',
  'activity',
  'settings',
  'inspect',
] as const;
export type ViewName = (typeof VIEWS)[number];
/** `verdictId` in the inspector only; what follows it on the video screen only. */
export type Route = {
  view: ViewName;
  verdictId: VerdictId | null;
  evidenceId: EvidenceId | null;
  frameIndex: number | null;
  /** A track of a scan that is named, which need not be the last. */
  track: { scanId: VideoScanId; id: TrackId } | null;
};

const idFrom = (part: string | undefined): number | null => (/^[1-9]\d*$/.test(part ?? '') ? Number(part) : null);

function routeFromHash(hash: string): Route {
  const [, view, id, frame, scan, track] = hash.split('/');
  const known = VIEWS.find((one) => one === view) ?? 'cases';
  const [number, scanId, trackId] = [id, scan, track].map(idFrom) as [number | null, number | null, number | null];
  if (known === 'inspect' && number === null)
    return { view: 'faces', verdictId: null, evidenceId: null, frameIndex: null, track: null };
  return {
    view: known,
    verdictId: known === 'inspect' ? (number as VerdictId) : null,
    evidenceId: known === 'video' ? (number as EvidenceId | null) : null,
    frameIndex: known === 'video' && /^\d+$/.test(frame ?? '') ? Number(frame) : null,
    track:
      known === 'video' && scanId !== null && trackId !== null
        ? { scanId: scanId as VideoScanId, id: trackId as TrackId }
        : null,
  };
}

let shown = location.hash;
const route = createStore<Route>(routeFromHash(shown));
window.addEventListener('hashchange', () => arrive(location.hash));

/**
 * The route follows the address at once: the event comes later, and a key pressed in between would
 * be the former screen's.
 */
function arrive(hash: string): void {
  if (hash === shown) return;
  shown = hash;
  route.set(routeFromHash(hash));
}

function address(hash: string): void {
  location.hash = hash;
  arrive(hash);
}

export const routeNow = (): Route => route.get();

export const useRoute = (): Route => useStore(route);

/**
 * Goes to a screen. Moving within the inspector replaces the address, so that Back leaves it in one
 * step.
 */
export function go(view: ViewName, verdictId?: VerdictId): void {
  const hash = verdictId === undefined ? `#/${view}` : `#/${view}/${verdictId}`;
  if (hash === location.hash) return;
  if (view === 'inspect' && route.get().view === 'inspect') {
    history.replaceState(null, '', hash);
    arrive(hash);
  } else address(hash);
}

/** Goes to a video along its time, to a frame of it by its number. */
export function goToVideo(evidenceId: EvidenceId, frameIndex?: number): void {
  address(frameIndex === undefined ? `#/video/${evidenceId}` : `#/video/${evidenceId}/${frameIndex}`);
}

/** Goes to where a track begins, in the scan that it is of. */
export function goToTrack({ id, evidenceId, firstFrame, scan }: TrackPlace): void {
  address(`#/video/${evidenceId}/${firstFrame}/${scan.id}/${id}`);
}
