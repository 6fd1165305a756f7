// One pane: a picture without interpolation, looked at through the transform that all panes share.
// Wheel zooms at the pointer, dragging pans.
import { type PointerEvent, type ReactNode, useEffect, useRef } from 'react';
import { usePaneSize } from './use-pane-size.ts';
import { useWheelZoom } from './use-wheel-zoom.ts';
import { pan, pixelAt, type Size, settle, type ViewTransform } from './view-transform.ts';

export type PaneLayer = {
  pixels: ImageData;
  opacity?: number /** Shown from this fraction of the picture's width on. */;
  from?: number;
};

/** A canvas as large as the picture has pixels, stretched by the browser without smoothing. */
function Layer({ layer, picture, scale }: { layer: PaneLayer; picture: Size; scale: number }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    canvas.width = layer.pixels.width;
    canvas.height = layer.pixels.height;
    canvas.getContext('2d')?.putImageData(layer.pixels, 0, 0);
  }, [layer.pixels]);
  return (
    <canvas
      ref={ref}
      className="pane-canvas"
      aria-hidden
      style={{
        width: picture.width * scale,
        height: picture.height * scale,
        opacity: layer.opacity ?? 1,
        clipPath: layer.from === undefined ? 'none' : `inset(0 0 0 ${layer.from * 100}%)`,
      }}
    />
  );
}

export function Pane({
  title,
  label,
  picture,
  view,
  onView,
  layers,
  children,
  legend,
  hover,
  onHover,
  over,
}: {
  title: string;
  /** What is seen, in words. */
  label: string;
  picture: Size;
  view: ViewTransform;
  onView: (change: (view: ViewTransform) => ViewTransform) => void;
  layers: readonly PaneLayer[];
  /** Shown instead of a picture, or above it. */
  children?: ReactNode;
  /** At the right of the title. */
  legend?: ReactNode;
  hover: { x: number; y: number } | null;
  onHover: (pixel: { x: number; y: number } | null) => void;
  /** Drawn above the picture in its pixel coordinates. */
  over?: (scale: number) => ReactNode;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const pane = usePaneSize(ref);
  const { x, y, scale } = settle(view, picture, pane);
  const at = (event: { clientX: number; clientY: number }) => {
    const box = ref.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  useWheelZoom(ref, picture, pane, onView);
  const drag = (event: PointerEvent): void => {
    onHover(pixelAt(view, picture, pane, at(event)));
    if (event.buttons !== 1 || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { movementX, movementY } = event;
    onView((before) => pan(before, picture, pane, movementX, movementY));
  };
  return (
    <figure className="pane">
      <figcaption className="pane-title">
        <span>{title}</span>
        {legend}
      </figcaption>
      <div
        ref={ref}
        className="pane-view"
        role="img"
        aria-label={label}
        data-pane
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onPointerLeave={() => onHover(null)}
      >
        <div
          className="pane-picture"
          style={{
            transform: `translate(${Math.round(pane.width / 2 - x * scale)}px, ${Math.round(pane.height / 2 - y * scale)}px)`,
          }}
        >
          {layers.map((layer, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place
            <Layer key={index} layer={layer} picture={picture} scale={scale} />
          ))}
          {over?.(scale)}
          {hover && layers.length > 0 ? (
            <span
              className="pane-pixel"
              style={{
                left: hover.x * scale,
                top: hover.y * scale,
                width: Math.max(3, scale),
                height: Math.max(3, scale),
              }}
            />
          ) : null}
        </div>
        {children}
      </div>
    </figure>
  );
}
