// The wheel zooms at the pointer. A listener of our own: React's is passive and could not keep the
// page from scrolling.
import { type RefObject, useEffect, useRef } from 'react';
import { type Size, type ViewTransform, zoomAt } from './view-transform.ts';

/** Zoom for one notch of the wheel is exp of its pixels times this. */
const ZOOM_PER_PIXEL = 0.0016;

export function useWheelZoom(
  ref: RefObject<HTMLElement | null>,
  picture: Size,
  pane: Size,
  onView: (change: (view: ViewTransform) => ViewTransform) => void,
): void {
  const latest = useRef({ onView, picture, pane });
  latest.current = { onView, picture, pane };
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const point = { x: event.clientX - box.left, y: event.clientY - box.top };
      const now = latest.current;
      now.onView((before) => zoomAt(before, now.picture, now.pane, Math.exp(-event.deltaY * ZOOM_PER_PIXEL), point));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [ref]);
}
