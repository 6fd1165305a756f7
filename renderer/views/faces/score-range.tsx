// How the raw scores lie between 0 and 1, and a range of them to look at.
import { useEffect, useState } from 'react';
import type { FindingFilter } from '../../../contract/finding.ts';
import { Slider } from '../../parts/field.tsx';

const STEPS = 200;

export function ScoreRange({
  bins,
  filter,
  onChange,
}: {
  bins: readonly number[] | undefined;
  filter: FindingFilter;
  onChange: (change: Pick<FindingFilter, 'scoreMin' | 'scoreMax'>) => void;
}) {
  const [range, setRange] = useState([filter.scoreMin ?? 0, filter.scoreMax ?? 1]);
  useEffect(() => setRange([filter.scoreMin ?? 0, filter.scoreMax ?? 1]), [filter.scoreMin, filter.scoreMax]);
  const [low, high] = range as [number, number];
  const peak = Math.max(1, ...(bins ?? []));
  return (
    <div className="score-range">
      <div className="histogram" aria-hidden>
        {(bins ?? Array.from({ length: 40 }, () => 0)).map((n, bin, all) => {
          const at = (bin + 0.5) / all.length;
          return (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
              key={bin}
              className={at >= low && at <= high ? 'bin bin-in' : 'bin'}
              style={{ height: n === 0 ? 0 : `${Math.max(6, (100 * Math.sqrt(n)) / Math.sqrt(peak))}%` }}
            />
          );
        })}
      </div>
      <Slider
        labels={['Lowest raw score', 'Highest raw score']}
        value={range}
        min={0}
        max={1}
        step={1 / STEPS}
        onChange={setRange}
        onCommit={([from, to]) =>
          onChange({ scoreMin: from! > 0 ? from : undefined, scoreMax: to! < 1 ? to : undefined })
        }
      />
      <div className="facet-range mono">
        <span>{low.toFixed(3)}</span>
        <span>{high.toFixed(3)}</span>
      </div>
    </div>
  );
}
