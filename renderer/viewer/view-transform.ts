// Where every pane of the inspector looks: the same point of the picture in the middle, at the same
// scale. Pure arithmetic.

/**
 * `x`, `y`: the point of the picture in the middle of the pane, picture pixels. `scale`: screen
 * pixels for one of them; null fits.
 */
export type ViewTransform = { x: number; y: number; scale: number | null };
export type Size = { width: number; height: number };

export const FIT: ViewTransform = { x: 0.5, y: 0.5, scale: null };

const LARGEST_SCALE = 64;
const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** Scale at which the whole picture is seen. */
export const fitScale = (picture: Size, pane: Size): number =>
  Math.max(0.01, Math.min(pane.width / picture.width, pane.height / picture.height));

/** The transform with its scale and middle made definite. */
export function settle(view: ViewTransform, picture: Size, pane: Size): { x: number; y: number; scale: number } {
  if (view.scale === null) return { x: picture.width / 2, y: picture.height / 2, scale: fitScale(picture, pane) };
  const clamp = (value: number, size: number) => Math.min(size, Math.max(0, value));
  return { x: clamp(view.x, picture.width), y: clamp(view.y, picture.height), scale: view.scale };
}

/** Zoomed by `factor`, the picture's point under the pane's point `at` staying where it is. */
export function zoomAt(
  view: ViewTransform,
  picture: Size,
  pane: Size,
  factor: number,
  at: { x: number; y: number },
): ViewTransform {
  const { x, y, scale } = settle(view, picture, pane);
  const smallest = Math.min(1, fitScale(picture, pane));
  const next = Math.min(LARGEST_SCALE, Math.max(smallest, scale * factor));
  const [dx, dy] = [at.x - pane.width / 2, at.y - pane.height / 2];
  return { scale: next, x: x + dx / scale - dx / next, y: y + dy / scale - dy / next };
}

/** The next whole step of zoom up or down, about the middle. */
export function zoomStep(view: ViewTransform, picture: Size, pane: Size, direction: 1 | -1): ViewTransform {
  const now = settle(view, picture, pane);
  const next =
    direction === 1
      ? STEPS.find((step) => step > now.scale * 1.01)
      : STEPS.findLast((step) => step < now.scale * 0.99 && step >= Math.min(1, fitScale(picture, pane)));
  if (next === undefined) return direction === 1 ? { ...now, scale: LARGEST_SCALE } : FIT;
  return { ...now, scale: next };
}

/** Dragged by screen pixels. */
export function pan(view: ViewTransform, picture: Size, pane: Size, dx: number, dy: number): ViewTransform {
  const now = settle(view, picture, pane);
  return settle({ ...now, x: now.x - dx / now.scale, y: now.y - dy / now.scale }, picture, pane);
}

/** The picture's pixel under a pane's point, or null beside the picture. */
export function pixelAt(
  view: ViewTransform,
  picture: Size,
  pane: Size,
  at: { x: number; y: number },
): { x: number; y: number } | null {
  const { x, y, scale } = settle(view, picture, pane);
  const px = Math.floor(x + (at.x - pane.width / 2) / scale);
  const py = Math.floor(y + (at.y - pane.height / 2) / scale);
  return px >= 0 && py >= 0 && px < picture.width && py < picture.height ? { x: px, y: py } : null;
}
