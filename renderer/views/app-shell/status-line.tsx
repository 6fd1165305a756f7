// The line at the bottom: the case's folder and counts, the scan, training and validation that run,
// and whether the engine is there.
import { Network, ShieldCheck } from 'lucide-react';
import type { Job } from '../../../contract/job.ts';
import { useConnection } from '../../data/connection.ts';
import { isFarmJob } from '../../data/farm.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { useCase } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { fileNameOf, packing } from '../../data/packing.ts';
import { reportExport } from '../../data/report-export.ts';
import { go } from '../../data/route.ts';
import { useStore } from '../../data/store.ts';
import { isUnderWay, trainingRuns } from '../../data/training.ts';
import { isValidating, validation } from '../../data/validation.ts';
import { countText, durationText, numberText } from '../../wording.ts';
import { progressWords } from '../models/validation-run.tsx';

const STATE_WORDS = { connecting: 'Engine starting', connected: 'Engine ready', lost: 'Engine restarting' } as const;

/** A job by what it does: at work, paused and waiting, and what it counts. */
const JOB_WORDS: Readonly<Record<Job['kind'], readonly [string, string, string, one: string, many: string]>> = {
  scan: ['Scanning', 'Scan paused', 'Scan waiting', 'file', 'files'],
  rerun: ['Repeating', 'Rerun paused', 'Rerun waiting', 'result', 'results'],
  stability: ['Measuring stability', 'Stability paused', 'Stability waiting', 'result', 'results'],
  persons: ['Making embeddings', 'Embeddings paused', 'Embeddings waiting', 'face', 'faces'],
  groups: ['Grouping faces', 'Grouping paused', 'Grouping waiting', 'face', 'faces'],
  copies: ['Hashing pictures', 'Hashing paused', 'Hashing waiting', 'picture', 'pictures'],
  train: ['Training', 'Training paused', 'Training waiting', 'step', 'steps'],
};

function RunningJob() {
  const all = useStore(jobs).jobs.filter(isActive);
  // What is worked on, not what was asked for last.
  const active = all.find(({ state }) => state === 'running') ?? all[0];
  if (!active) return null;
  const { done, total, remainingMs } = active.progress;
  const left = active.state === 'running' && remainingMs !== null ? `, ${durationText(remainingMs)} left` : '';
  const [atWork, paused, waiting, one, many] = JOB_WORDS[active.kind];
  return (
    <button type="button" className="status-job" onClick={() => go(active.kind === 'scan' ? 'scan' : 'activity')}>
      <span className={`status-pulse${active.state === 'running' ? ' status-pulse-on' : ''}`} aria-hidden />
      {active.state === 'paused' ? paused : active.state === 'queued' ? waiting : atWork}{' '}
      {total === null ? '' : `${numberText(done)} of ${countText(total, one, many)}${left}`}
    </button>
  );
}

function RunningTraining() {
  const run = useStore(trainingRuns).find(isUnderWay);
  if (!run) return null;
  const running = run.state === 'running';
  const left = running && run.remainingMs !== null ? `, ${durationText(run.remainingMs)} left` : '';
  return (
    <button type="button" className="status-job" onClick={() => go('training')}>
      <span className={`status-pulse${running ? ' status-pulse-on' : ''}`} aria-hidden />
      {running ? 'Training' : 'Training paused'}, step {numberText(run.step)} of {numberText(run.request.steps)}
      {left}
    </button>
  );
}

function RunningValidation() {
  const run = useStore(validation);
  if (!isValidating(run)) return null;
  return (
    <button type="button" className="status-job" onClick={() => go('models')}>
      <span className="status-pulse status-pulse-on" aria-hidden />
      Validating. {progressWords(run)}
    </button>
  );
}

function Packing() {
  const file = useStore(packing);
  if (!file) return null;
  return (
    <button type="button" className="status-job" onClick={() => show({ kind: 'pack' })}>
      <span className="status-pulse status-pulse-on" aria-hidden />
      Writing {fileNameOf(file)}
    </button>
  );
}

function WritingReport() {
  if (!useStore(reportExport).writing) return null;
  return (
    <button type="button" className="status-job" onClick={() => go('report')}>
      <span className="status-pulse status-pulse-on" aria-hidden />
      Writing the report
    </button>
  );
}

/**
 * What leaves this machine: nothing, unless the examiner has files examined by a farm, or a report
 * stamped by an authority.
 */
function Boundary() {
  const farm = useStore(jobs).jobs.some((job) => isActive(job) && isFarmJob(job));
  const authority = useStore(reportExport).writing?.authority;
  const Icon = farm || authority ? Network : ShieldCheck;
  return (
    <>
      <Icon size={13} aria-hidden />
      {farm
        ? 'Results and pictures go through the farm’s queue'
        : authority
          ? `A hash goes to ${authority}, to be time-stamped`
          : 'Nothing leaves this computer'}
    </>
  );
}

export function StatusLine() {
  const open = useCase();
  const { state } = useConnection();
  return (
    <footer className="status-line">
      {open ? (
        <>
          <span className="status-folder" title={open.folder}>
            {open.folder}
          </span>
          <span>{countText(open.counts.evidence, 'file', 'files')}</span>
          <span>{countText(open.counts.faces, 'face', 'faces')}</span>
          <span>{countText(open.counts.opinions, 'opinion', 'opinions')}</span>
        </>
      ) : (
        <span>No case open</span>
      )}
      <RunningJob />
      <RunningTraining />
      <RunningValidation />
      <Packing />
      <WritingReport />
      <span className="status-right">
        <Boundary />
        <span className={`status-dot status-${state}`} aria-hidden />
        <span role="status">{STATE_WORDS[state]}</span>
      </span>
    </footer>
  );
}
