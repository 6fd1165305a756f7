// One scan: how far, how fast, how long yet; pause, resume, cancel; what went wrong.

import { useMutation } from '@tanstack/react-query';
import { LayoutGrid, Pause, Play, Square } from 'lucide-react';
import type { JobId } from '../../../contract/brand.ts';
import type { Job, JobState } from '../../../contract/job.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { isFarmJob } from '../../data/farm.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { useCase } from '../../data/open-case.ts';
import { go } from '../../data/route.ts';
import { useStore } from '../../data/store.ts';
import { Button } from '../../parts/button.tsx';
import { Figures } from '../../parts/facts.tsx';
import { Failure } from '../../parts/message.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { client } from '../../transport.ts';
import { countText, durationText, instantText, numberText } from '../../wording.ts';

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

const pathsOf = (job: Job): string => {
  const paths = (job.input.paths as string[] | undefined) ?? [];
  return paths.length === 0 ? 'Everything in the case' : paths.join(', ');
};

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

function Controls({ job }: { job: Job }) {
  const act = useMutation({
    mutationFn: ({ what, id }: { what: 'pause' | 'resume' | 'cancel'; id: JobId }) => client.job[what]({ id }),
  });
  const writable = useCase()?.writable ?? false;
  const run = (what: 'pause' | 'resume' | 'cancel') => () => act.mutate({ what, id: job.id });
  return (
    <>
      <div className="scan-controls">
        {job.progress.faces > 0 ? (
          <Button icon={LayoutGrid} tone={job.state === 'done' ? 'primary' : 'plain'} onClick={() => go('faces')}>
            Review the faces
          </Button>
        ) : null}
        {writable && (job.state === 'running' || job.state === 'queued') ? (
          <Button icon={Pause} onClick={run('pause')}>
            Pause
          </Button>
        ) : null}
        {writable && job.state === 'paused' ? (
          <Button icon={Play} tone="primary" onClick={run('resume')}>
            Resume
          </Button>
        ) : null}
        {writable && isActive(job) ? (
          <Button icon={Square} onClick={run('cancel')}>
            Cancel
          </Button>
        ) : null}
      </div>
      <Failure error={act.error} />
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
          <li key={`${one.relativePath} ${one.message}`}>
            <span className="mono">{visibleText(one.relativePath)}</span>
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
        <span className="scan-job-paths mono" title={pathsOf(job)}>
          {pathsOf(job)}
        </span>
        <span className="muted">{instantText(job.startedAt ?? job.createdAt)}</span>
      </div>
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
