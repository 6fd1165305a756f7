// What a model was measured to do: figures with intervals, error rates by group, the three plots, and the limits of its domain.
import type { Model } from '../../../contract/model.ts';
import type { Rate, Stratum, ValidationRecord } from '../../../contract/validation.ts';
import { plotsFromRecord } from '../../../contract/validation-plots.ts';
import { Message } from '../../parts/message.tsx';
import { ValidationPlot } from './validation-plot.tsx';

const interval = (value: number, [low, high]: readonly [number, number]): string =>
  `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
const rateText = (rate: Rate | null): string => (rate ? interval(rate.rate, rate.interval) : '–');

function figuresOf(record: ValidationRecord): [string, string][] {
  const { calibration, localisation } = record;
  return [
    ['AUC', interval(record.auc, record.aucInterval)],
    ['Equal error rate', `${record.eer.toFixed(3)} at raw score ${record.eerThreshold.toFixed(3)}`],
    ['Genuine called forged', rateText(record.falselyForged)],
    ['Forged called genuine', rateText(record.falselyGenuine)],
    ['Cannot tell', rateText(record.cannotTell)],
    ['Cllr', `${calibration.cllr.toFixed(3)}, at best ${calibration.cllrMin.toFixed(3)}`],
    ['Likelihood ratios', `log10 from ${calibration.bounds[0].toFixed(2)} to ${calibration.bounds[1].toFixed(2)}`],
    ...(localisation
      ? ([['Difference map', `pixel AUC ${interval(localisation.pixelAuc, localisation.interval)}`]] as [
          string,
          string,
        ][])
      : []),
    ['Faces', `${record.genuine} genuine, ${record.forged} forged, of ${record.sources} persons or videos`],
    ['Set', record.dataset],
    ['Measured', record.madeAt.slice(0, 10)],
  ];
}

function StrataTable({ strata }: { strata: readonly Stratum[] }) {
  return (
    <table className="strata">
      <caption>Error rates by group</caption>
      <thead>
        <tr>
          <th scope="col">Group</th>
          <th scope="col">Faces</th>
          <th scope="col">AUC</th>
          <th scope="col">Genuine called forged</th>
          <th scope="col">Forged called genuine</th>
        </tr>
      </thead>
      <tbody>
        {strata.map((stratum) => (
          <tr key={`${stratum.by}/${stratum.name}`}>
            <th scope="row">
              {stratum.by}: {stratum.name.trim()}
            </th>
            <td>{stratum.genuine + stratum.forged}</td>
            <td>
              {stratum.auc !== null && stratum.aucInterval ? interval(stratum.auc, stratum.aucInterval) : 'too few'}
            </td>
            <td>{rateText(stratum.falselyForged)}</td>
            <td>{rateText(stratum.falselyGenuine)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ValidationPanel({ model }: { model: Model }) {
  const record = model.validation;
  if (!record)
    return (
      <Message tone="caution" title="No validation record.">
        Scores are raw: no error rate, no leaning, no likelihood ratio. Measure it on your own material with{' '}
        <code>recce validate</code>.
      </Message>
    );
  const { domain } = record;
  return (
    <>
      <dl className="model-figures">
        {figuresOf(record).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        Intervals are 95 %, over persons or videos. What was fitted was judged on others than it was fitted on.
      </p>
      <div className="validation-plots">
        {plotsFromRecord(record).map((plot) => (
          <ValidationPlot key={plot.title} plot={plot} />
        ))}
      </div>
      <StrataTable strata={[...record.strata, ...(domain ? [domain.inside, domain.outside] : [])]} />
    </>
  );
}
