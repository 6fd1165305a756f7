// One scan: how far, how fast, how long yet; pause, resume, cancel; what went wrong.

import { useMutation, useQuery } from '@tanstack/react-query';
import { LayoutGrid, Pause, Play, Square } from 'lucide-react';
import { useState } from 'react';
import type { FarmScanRequest } from '../../../contract/farm.ts';
import type { Job, JobState } from '../../../contract/job.ts';
import { modelsOfScan } from '../../../contract/scan.ts';
import { policyWords } from '../../../contract/second-look.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import { isFarmJob } from '../../data/farm.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { useCase } from '../../data/open-case.ts';
import { go } from '../../data/route.ts';
import { requestOf, samplingWords } from '../../data/scan-choice.ts';
import { useStore } from '../../data/store.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Figures } from '../../parts/facts.tsx';
import { Failure } from '../../parts/message.tsx';
import { nameAmong } from '../../parts/model-name.ts';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { client } from '../../transport.ts';
import { countText, DEVICE_WORDS, durationText, instantText, numberText } from '../../wording.ts';

const STATE_WORDS: Readonly<Record<JobState, string>> = {
  queued: 'Waiting',
  running: 'Scanning',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};
const STATE_TONES: Readonly<Record<JobState, string>> = {
  queued: '',
  running: 'tone-accent',
  paused: 'tone-caution',
  done: '',
  failed: 'tone-danger',
  cancelled: '',
};

const pathsOf = (job: Job): readonly string[] => (job.input.paths as string[] | undefined) ?? [];

/** One path as it is, several as a list on demand. */
function Sources({ job }: { job: Job }) {
  const paths = pathsOf(job);
  if (paths.length <= 1) {
    const words = paths.length === 0 ? 'All files of the case' : visibleText(paths[0]!);
    return (
      <span className="scan-job-paths mono" title={words}>
        {words}
      </span>
    );
  }
  return (
    <details className="scan-sources">
      <summary>{paths.length} sources</summary>
      <ul>
        {paths.map((one) => (
          <li key={one} className="mono">
            {visibleText(one)}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What it was started with. */
function StartedWith({ job }: { job: Job }) {
  const models = useQuery(engine.model.list.queryOptions()).data ?? [];
  const request = requestOf(job);
  const { minimumFacePx, video, device } = request;
  const facts = [
    ...modelsOfScan(request).map((modelId) => {
      const model = models.find(({ id }) => id === modelId);
      return model ? nameAmong(model, models) : `model ${modelId.slice(0, 12)}`;
    }),
    ...(request.secondLook ? [`behind the first at files ${policyWords(request.secondLook)}`] : []),
    `faces from ${minimumFacePx} px`,
    samplingWords(video),
    isFarmJob(job) ? 'workers of a farm' : DEVICE_WORDS[device],
  ];
  return <p className="scan-with secondary">{facts.join(' · ')}</p>;
}

function Bar({ job }: { job: Job }) {
  const { done, total, message } = job.progress;
  const words = total !== null && total > 0 ? `${done} of ${total} files` : message || 'counting files';
  const wanders = job.state === 'running';
  return <ProgressBar label="Progress of the scan" done={done} total={total} words={words} wanders={wanders} />;
}

function JobFigures({ job }: { job: Job }) {
  const { done, total, faces, failed, ratePerSecond, remainingMs } = job.progress;
  const figures: [string, string][] = [
    ['Files', total === null ? numberText(done) : `${numberText(done)} of ${numberText(total)}`],
    ['Faces', numberText(faces)],
    ['Not examined', numberText(failed)],
  ];
  if (isActive(job)) {
    figures.push(['Files a second', ratePerSecond === null ? '–' : ratePerSecond.toFixed(1)]);
    figures.push(['Time left', remainingMs === null || job.state !== 'running' ? '–' : durationText(remainingMs)]);
  } else if (job.startedAt && job.endedAt)
    figures.push(['Took', durationText(Date.parse(job.endedAt) - Date.parse(job.startedAt))]);
  return <Figures figures={figures} className="scan-figures" />;
}

/** Started again with the same settings: what is done is not done again. */
const goOn = (job: Job): Promise<Job> => {
  const request = requestOf(job);
  const farm = job.input.farm as Pick<FarmScanRequest, 'queue' | 'inFlight'> | undefined;
  return farm ? client.farm.scan({ ...request, ...farm }) : client.scan.start(request);
};

function CancelDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const cancelling = useMutation({ mutationFn: () => client.job.cancel({ id: job.id }), onSuccess: onClose });
  const { done, total } = job.progress;
  return (
    <ConfirmDialog
      title="Cancel this scan?"
      confirm="Cancel the scan"
      leave="Keep scanning"
      error={cancelling.error}
      onConfirm={cancelling.mutate}
      onClose={onClose}
    >
      <p>
        {total === null ? numberText(done) : `${numberText(done)} of ${numberText(total)}`} files have been examined.
        Their results stay in the case, and you can resume this scan later from its card.
      </p>
    </ConfirmDialog>
  );
}

function Controls({ job }: { job: Job }) {
  const [asking, setAsking] = useState(false);
  const act = useMutation({
    mutationFn: (what: 'pause' | 'resume' | 'goOn') => (what === 'goOn' ? goOn(job) : client.job[what]({ id: job.id })),
  });
  const writable = useCase()?.writable ?? false;
  return (
    <>
      <div className="scan-controls">
        {job.progress.faces > 0 ? (
          <Button icon={LayoutGrid} tone={job.state === 'done' ? 'primary' : 'plain'} onClick={() => go('faces')}>
            Review the faces
          </Button>
        ) : null}
        {writable && (job.state === 'running' || job.state === 'queued') ? (
          <Button icon={Pause} onClick={() => act.mutate('pause')}>
            Pause
          </Button>
        ) : null}
        {writable && job.state === 'paused' ? (
          <Button icon={Play} tone="primary" onClick={() => act.mutate('resume')}>
            Resume
          </Button>
        ) : null}
        {writable && isActive(job) ? (
          <Button icon={Square} onClick={() => setAsking(true)}>
            Cancel
          </Button>
        ) : null}
        {writable && (job.state === 'cancelled' || job.state === 'failed') ? (
          <Button icon={Play} disabled={act.isPending} onClick={() => act.mutate('goOn')}>
            Resume this scan
          </Button>
        ) : null}
      </div>
      {job.state === 'paused' && isFarmJob(job) ? (
        <p className="field-hint">
          No further file is given out. What the workers were given is still examined, and comes in.
        </p>
      ) : null}
      <Failure error={act.error} />
      {asking ? <CancelDialog job={job} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function Problems({ job }: { job: Job }) {
  const problems = useStore(jobs).problems.filter((one) => one.jobId === job.id);
  if (problems.length === 0) return null;
  return (
    <section className="scan-problems" aria-label={`Files not examined in scan ${job.id}`}>
      <h2 className="caps">{countText(problems.length, 'file not examined', 'files not examined')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul tabIndex={0} aria-label="Problems, newest first">
        {problems.map((one) => (
          <li key={`${one.shownPath} ${one.message}`}>
            <span className="mono">{visibleText(one.shownPath)}</span>
            <span className="secondary">{one.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ScanJob({ job }: { job: Job }) {
  return (
    <article className="card scan-job" aria-label={`Scan ${job.id}: ${STATE_WORDS[job.state]}`}>
      <div className="scan-job-head">
        <span className={`badge ${STATE_TONES[job.state]}`}>{STATE_WORDS[job.state]}</span>
        {isFarmJob(job) ? <span className="badge">farm</span> : null}
        <Sources job={job} />
        <span className="scan-when muted">{instantText(job.startedAt ?? job.createdAt)}</span>
      </div>
      <StartedWith job={job} />
      {isActive(job) ? <Bar job={job} /> : null}
      <div className="scan-job-row">
        <JobFigures job={job} />
        <Controls job={job} />
      </div>
      {isActive(job) && job.progress.message ? (
        <p className="scan-now mono muted">{visibleText(job.progress.message)}</p>
      ) : null}
      {job.error ? <p className="scan-error">{job.error}</p> : null}
      <Problems job={job} />
    </article>
  );
}
