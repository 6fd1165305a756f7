// The values under the pointer, as stored.
import { differenceFromGrey } from '../../contract/colour-scale.ts';
import { valueAt } from './pixels.ts';
import type { Pixel } from './stage-state.ts';
import type { ModelPictures } from './use-model-pictures.ts';
import type { Size } from './view-transform.ts';

const NOTHING = '–';
/** As wide as a digit, so that the line does not move. */
const FIGURE_SPACE = '\u2007';

const rgb = (picture: ImageData | undefined, pixel: Pixel): string =>
  picture && pixel
    ? valueAt(picture, pixel.x, pixel.y)
        .map((v) => String(v).padStart(3, FIGURE_SPACE))
        .join(' ')
    : NOTHING;

/** The attention gate has fewer pixels than the face: the one that covers the pointer. */
function attentionAt(gate: ImageData, pixel: { x: number; y: number }, size: Size): number {
  const x = Math.floor((pixel.x * gate.width) / size.width);
  const y = Math.floor((pixel.y * gate.height) / size.height);
  return valueAt(gate, x, y)[0] / 255;
}

export function Readout({ pictures, pixel, size }: { pictures: ModelPictures; pixel: Pixel; size: Size }) {
  const { crop, reconstruction, difference, gate } = pictures;
  const cells: [string, string][] = [
    ['Pixel', pixel ? `${pixel.x}, ${pixel.y}` : NOTHING],
    ['Original R G B', rgb(crop, pixel)],
    ['Reconstruction R G B', rgb(reconstruction, pixel)],
    [
      'Difference',
      difference && pixel ? differenceFromGrey(valueAt(difference, pixel.x, pixel.y)[0]).toFixed(3) : NOTHING,
    ],
    ['Attention', gate && pixel ? attentionAt(gate, pixel, size).toFixed(3) : NOTHING],
  ];
  return (
    <dl className="readout">
      {cells.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
