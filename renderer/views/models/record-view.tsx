// A validation record: figures with intervals, the plots, error rates by group, the limits of its
// domain, and what gave no score.
import type { Domain, Rate, Stratum, ValidationRecord } from '../../../contract/validation.ts';
import { calibrationPlot, plotsFromRecord } from '../../../contract/validation-plots.ts';
import { MEASURE_WORDS, meanSentences, stabilityGroups, togetherWords } from '../../../contract/wording.ts';
import { Facts, Figures } from '../../parts/facts.tsx';
import { ValidationPlot } from './validation-plot.tsx';

const interval = (value: number, [low, high]: readonly [number, number]): string =>
  `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const rateText = (rate: Rate | null): string =>
  rate ? `${percent(rate.rate)} (${percent(rate.interval[0])} to ${percent(rate.interval[1])})` : '–';

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

/** Of a composite: each part by itself on the same faces, the whole below them, and how they err together. */
function PartsTable({ record }: { record: ValidationRecord }) {
  const { parts, calibration, auc, aucInterval, eer } = record;
  if (!parts) return null;
  const rows = [...parts.of, { modelId: 'fused', name: 'Fused', ...calibration, auc, aucInterval, eer }];
  return (
    <>
      <h4>Each part by itself on the same faces, and the whole</h4>
      <table className="strata">
        <caption>Each part by itself on the same faces, and the whole</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Cllr</th>
            <th scope="col">At best</th>
            <th scope="col">Equal error rate</th>
            <th scope="col">AUC</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.modelId}>
              <th scope="row">{one.name}</th>
              <td>{one.cllr.toFixed(3)}</td>
              <td>{one.cllrMin.toFixed(3)}</td>
              <td>{one.eer.toFixed(3)}</td>
              <td>{interval(one.auc, one.aucInterval)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h4>How far they err together</h4>
      <ul className="record-remarks">
        {parts.together.map((pair) => (
          <li key={`${pair.first} ${pair.second}`}>
            {parts.of[pair.first]?.name} and {parts.of[pair.second]?.name}: {togetherWords(pair)}.
          </li>
        ))}
      </ul>
    </>
  );
}

/** Of the faces that leaned: how often the stable ones leaned wrongly, and how often the others. */
function StabilityTable({ stability }: Pick<ValidationRecord, 'stability'>) {
  if (!stability) return null;
  const counted = (rate: Rate): string =>
    rate.of > 0 ? `${rate.count} of ${rate.of}: ${rateText(rate)}` : rateText(null);
  return (
    <>
      <h4>Error rates by stability</h4>
      <table className="strata">
        <caption>Error rates by stability</caption>
        <thead>
          <tr>
            <th scope="col">Faces that leaned and</th>
            <th scope="col">Leaned wrongly</th>
            <th scope="col">Genuine called forged</th>
            <th scope="col">Forged called genuine</th>
          </tr>
        </thead>
        <tbody>
          {stabilityGroups(stability).map(([name, { wrong, falselyForged, falselyGenuine }]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{counted(wrong)}</td>
              <td>{counted(falselyForged)}</td>
              <td>{counted(falselyGenuine)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted">{meanSentences(stability)}</p>
    </>
  );
}

const shortNumber = (value: number): string => String(Number(value.toPrecision(4)));

function limitText({ low, high }: Domain['limits'][number]): string {
  if (low !== null && high !== null) return `${shortNumber(low)} to ${shortNumber(high)}`;
  if (low !== null) return `from ${shortNumber(low)}`;
  return high === null ? 'any' : `up to ${shortNumber(high)}`;
}

/** A face outside is not scored. */
const Limits = ({ limits }: { limits: Domain['limits'] }) => (
  <>
    <h4>Scored within these limits</h4>
    <Facts facts={limits.map((limit) => [MEASURE_WORDS[limit.measure], limitText(limit)])} />
  </>
);

function Remarks({ record }: { record: ValidationRecord }) {
  const lines = [...record.notScored.map(({ reason, count }) => `${count} not scored: ${reason}`), ...record.remarks];
  if (lines.length === 0) return null;
  return (
    <>
      <h4>Remarks</h4>
      <ul className="record-remarks">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

export function RecordView({ record }: { record: ValidationRecord }) {
  const { domain } = record;
  return (
    <div className="record">
      <Figures figures={figuresOf(record)} className="model-figures" />
      <p className="muted">
        95 % intervals, resampled by person or video. Calibration was tested on data it was not fitted to.
      </p>
      {record.cannotTell ? (
        <p>
          Only {percent(1 - record.cannotTell.rate)} of the faces are decided at all; for the others the model cannot
          tell. The two error rates above are shares of all genuine and of all forged faces.
        </p>
      ) : null}
      <div className="validation-plots">
        {[...plotsFromRecord(record), calibrationPlot(record)].map((plot) => (
          <ValidationPlot key={plot.title} plot={plot} />
        ))}
      </div>
      <PartsTable record={record} />
      <StrataTable strata={[...record.strata, ...(domain ? [domain.inside, domain.outside] : [])]} />
      <StabilityTable stability={record.stability} />
      {domain ? <Limits limits={domain.limits} /> : null}
      <Remarks record={record} />
    </div>
  );
}
