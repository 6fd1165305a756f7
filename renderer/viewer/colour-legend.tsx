// The legend of the fixed colour scale.
import { useEffect, useRef } from 'react';
import { DIFFERENCE_COLOURS, DIFFERENCE_FULL_SCALE } from '../../contract/colour-scale.ts';

const SCALES = {
  difference: { title: 'Difference', from: '0', to: `≥ ${DIFFERENCE_FULL_SCALE}` },
  gate: { title: 'Attention', from: '0', to: '1' },
} as const;

export function ColourLegend({ of }: { of: keyof typeof SCALES }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { title, from, to } = SCALES[of];
  useEffect(() => {
    const context = ref.current?.getContext('2d');
    if (!context) return;
    const row = new ImageData(256, 1);
    for (let v = 0; v < 256; v++) row.data.set([...DIFFERENCE_COLOURS.subarray(v * 3, v * 3 + 3), 255], v * 4);
    context.putImageData(row, 0, 0);
  }, []);
  return (
    <span className="legend mono">
      <span className="unseen">{`${title} from ${from} (dark) to ${to} (light)`}</span>
      <span aria-hidden>{from}</span>
      <canvas ref={ref} width={256} height={1} aria-hidden />
      <span aria-hidden>{to}</span>
    </span>
  );
}
