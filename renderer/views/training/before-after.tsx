// What the run has changed, on faces it has not learned from: the base at step 0 against the best
// validation.
import type { CurvePoint, TrainingRun } from '../../../contract/training.ts';
import { numberText } from '../../wording.ts';
import { figureText, validationsOf } from './curves.ts';

type Validation = ReturnType<typeof validationsOf>[number];

const ROWS: readonly { label: string; pick: (point: Validation) => number | null; better: 'more' | 'less' }[] = [
  { label: 'AUC', pick: ({ auc }) => auc, better: 'more' },
  { label: 'Accuracy', pick: ({ accuracy }) => accuracy, better: 'more' },
  { label: 'Cross-entropy', pick: ({ loss }) => loss, better: 'less' },
  { label: 'Mean difference of genuine faces', pick: ({ difference }) => difference, better: 'less' },
];

const text = (value: number | null): string => (value === null ? '–' : figureText(value));

/** `+0.031, better`. */
function changeText(before: number | null, after: number | null, better: 'more' | 'less'): string {
  if (before === null || after === null) return '–';
  const change = after - before;
  if (figureText(before) === figureText(after)) return 'the same';
  const sign = change > 0 ? '+' : '−';
  return `${sign}${figureText(Math.abs(change))}, ${change > 0 === (better === 'more') ? 'better' : 'worse'}`;
}

export function BeforeAfter({ run, points }: { run: TrainingRun; points: readonly CurvePoint[] }) {
  const validations = validationsOf(points);
  const before = validations.find(({ step }) => step === 0);
  const after = validations.find(({ step }) => step > 0 && step === run.best?.step);
  if (!before || !after)
    return <p className="muted">Compared once the first validation after the start has been made.</p>;
  return (
    <>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">On {numberText(after.faces)} faces held out</th>
            <th scope="col">{run.request.base.kind === 'fresh' ? 'Before learning' : 'Base model'}, step 0</th>
            <th scope="col">Best, step {numberText(after.step)}</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(({ label, pick, better }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{text(pick(before))}</td>
              <td>{text(pick(after))}</td>
              <td>{changeText(pick(before), pick(after), better)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="training-flattered muted">
        The best step was chosen on these very faces, which flatters it. They are none of those learned from, but this
        is no validation record.
      </p>
    </>
  );
}
