// A raw score as a place on a line from 0 to 1, with the model's operating points where it has
// them.
import type { OperatingPoints } from '../../contract/verdict.ts';

export function ScoreBar({ score, points }: { score: number; points?: OperatingPoints | null }) {
  return (
    <span className="score-bar" aria-hidden>
      {points ? (
        <>
          <span className="score-zone zone-genuine" style={{ left: 0, width: `${points.low * 100}%` }} />
          <span className="score-zone zone-forged" style={{ left: `${points.high * 100}%`, right: 0 }} />
        </>
      ) : null}
      <span className="score-pin" style={{ left: `${score * 100}%` }} />
    </span>
  );
}
