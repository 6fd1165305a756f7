// Scan: what to look at and how, and how far it is.
import { isFarmJob, useFarm } from '../../data/farm.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { useCase } from '../../data/open-case.ts';
import { useStore } from '../../data/store.ts';
import { Failure } from '../../parts/message.tsx';
import { NoCase } from '../../parts/no-case.tsx';
import { FarmDashboard } from './farm-dashboard.tsx';
import { ScanForm } from './scan-form.tsx';
import { ScanJob } from './scan-job.tsx';
import './scan.css';

export function ScanView() {
  const open = useCase();
  const all = useStore(jobs).jobs.filter((job) => job.kind === 'scan');
  const { status, error } = useFarm(all.some((job) => isActive(job) && isFarmJob(job)));
  if (open === null) return <NoCase />;
  // The newest stays where it ran: whoever has waited for its end finds what came of it, and the
  // way on, in the same place.
  const upper = all.filter((job, i) => i === 0 || isActive(job));
  const ended = all.filter((job) => !upper.includes(job));
  return (
    <section className="page" aria-label="Scan">
      <div className="page-inner">
        <div className="page-head">
          <div>
            <h1>Scan</h1>
            <p>Files are opened read-only and hashed first. A scan that was stopped resumes where it stopped.</p>
          </div>
        </div>
        {upper.map((job) => (
          <ScanJob key={job.id} job={job} />
        ))}
        {status ? <FarmDashboard status={status} /> : null}
        <Failure error={error} />
        <ScanForm />
        {ended.length > 0 ? (
          <section aria-label="Earlier scans">
            <h2 className="caps section-caps">Earlier scans</h2>
            <div className="scan-ended">
              {ended.map((job) => (
                <ScanJob key={job.id} job={job} />
              ))}
            </div>
          </section>
        ) : null}
      </div>
    </section>
  );
}
