// One run: state and controls, its curves, before and after, sample reconstructions, remarks,
// settings.
import { useQuery } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Model } from '../../../contract/model.ts';
import type { TrainingRun } from '../../../contract/training.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import { go } from '../../data/route.ts';
import { runOptions } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/message.tsx';
import { BeforeAfter } from './before-after.tsx';
import { RawScoresNote } from './raw-scores-note.tsx';
import { RunCurves } from './run-curves.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunHead } from './run-head.tsx';
import { SampleReconstructions } from './sample-reconstructions.tsx';

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section aria-label={title}>
    <h3 className="section-caps">{title}</h3>
    {children}
  </section>
);

function Published({ model }: { model: Model }) {
  return (
    <section className="training-published" aria-label="The new model">
      <div className="training-published-row">
        <strong>{model.name} is in the library.</strong>
        <Button small icon={Cpu} onClick={() => go('models')}>
          Show it under Models
        </Button>
      </div>
      {model.validation ? null : <RawScoresNote title="The new model gives raw scores only." modelId={model.id} />}
    </section>
  );
}

/** Standard deviation of the network's input: the base's; a fresh network's is 0.5. */
function stdOf({ request: { base } }: TrainingRun, models: readonly Model[]): number {
  const std = base.kind === 'model' ? models.find(({ id }) => id === base.modelId)?.passport.std : undefined;
  return typeof std === 'number' ? std : 0.5;
}

export function RunDetail({ run }: { run: TrainingRun }) {
  const query = useQuery(runOptions(run.id));
  const models = useQuery(engine.model.list.queryOptions()).data ?? [];
  const published = models.find(({ id }) => id === run.modelId);
  const { curves = [], samples = [] } = query.data ?? {};
  return (
    <article className="training-detail" aria-label={run.request.name}>
      <RunHead run={run} />
      {published ? <Published model={published} /> : null}
      <Failure error={query.error} />
      <Part title="Curves">
        <RunCurves points={curves} std={stdOf(run, models)} />
      </Part>
      <Part title="Before and after">
        <BeforeAfter run={run} points={curves} />
      </Part>
      <Part title="Reconstructions at the latest validation">
        <SampleReconstructions samples={samples} />
      </Part>
      {run.remarks.length > 0 ? (
        <Part title="Excluded from the data">
          <ul className="training-remarks">
            {run.remarks.map((remark) => (
              <li key={remark}>{visibleText(remark)}</li>
            ))}
          </ul>
        </Part>
      ) : null}
      <Part title="Settings">
        <RunFacts run={run} models={models} />
      </Part>
    </article>
  );
}
