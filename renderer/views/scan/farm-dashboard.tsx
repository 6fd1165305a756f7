// The workers of a farm: what waits in the queue, who is at what, and who has gone or was refused,
// with the reason.

import type { FarmStatus, FarmWorker } from '../../../contract/farm.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { type Fact, Figures } from '../../parts/facts.tsx';
import { countText, instantText, numberText } from '../../wording.ts';

type State = FarmWorker['state'];

const STATES: Readonly<Record<State, { words: string; tone: string }>> = {
  idle: { words: 'Idle', tone: '' },
  working: { words: 'Working', tone: 'tone-accent' },
  refused: { words: 'Refused', tone: 'tone-danger' },
  stopped: { words: 'Stopped', tone: '' },
  gone: { words: 'Not responding', tone: 'tone-caution' },
};

/** `files`, `1 file`; what it is at by name, where it is one. */
function workText({ files, lastSentence, state }: FarmWorker): string {
  if (state === 'working' && files.length > 0)
    return files.length === 1 ? visibleText(files[0]!) : countText(files.length, 'file', 'files');
  return lastSentence ? visibleText(lastSentence) : '–';
}

function WorkerRow({ worker }: { worker: FarmWorker }) {
  const { name, machine, state, filesDone, facesDone, notDone, model, provider, device, lastSeenAt } = worker;
  const { words, tone } = STATES[state];
  return (
    <tr>
      <th scope="row">
        {name}
        <span className="farm-second muted">{machine}</span>
      </th>
      <td>
        <span className={`badge ${tone}`}>{words}</span>
        <span className="farm-second muted">{instantText(lastSeenAt)}</span>
      </td>
      <td className="farm-work">{workText(worker)}</td>
      <td>
        {countText(filesDone, 'file', 'files')}, {countText(facesDone, 'face', 'faces')}
        {notDone > 0 ? <span className="farm-second muted">{numberText(notDone)} returned</span> : null}
      </td>
      <td>
        {provider}
        <span className="farm-second muted">{device}</span>
      </td>
      <td>
        {model.name}
        <span className="farm-second mono muted">{model.id.slice(0, 12)}</span>
      </td>
    </tr>
  );
}

export function FarmDashboard({ status }: { status: FarmStatus }) {
  const { address, server, counts, workers } = status;
  const figures: Fact[] = [
    ['Workers', numberText(workers.filter(({ state }) => state === 'working' || state === 'idle').length)],
    ['Files waiting', numberText(counts.waiting)],
    ['In progress', numberText(counts.active)],
    ['To be retried', numberText(counts.delayed)],
    ['Failed', numberText(counts.failed)],
  ];
  return (
    <section className="card farm" aria-label="Workers">
      <div className="farm-head">
        <h2>Workers</h2>
        <span className="mono muted">
          {address} ({server})
        </span>
      </div>
      <Figures figures={figures} className="scan-figures" />
      {workers.length === 0 ? (
        <p className="muted">
          No worker has been seen within the last hour. Start one on each computer that can read the files:{' '}
          <code>recce worker --queue {address} --evidence FOLDER</code>
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="farm-scroll" tabIndex={0} aria-label="Workers, one a row">
          <table className="figures">
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col">State, last seen</th>
                <th scope="col">Working on, or last message</th>
                <th scope="col">Done</th>
                <th scope="col">Runs on</th>
                <th scope="col">Model</th>
              </tr>
            </thead>
            <tbody>
              {workers.map((worker) => (
                <WorkerRow key={worker.id} worker={worker} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
