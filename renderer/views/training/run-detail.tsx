// One run: state and controls, its curves, before and after, sample reconstructions, remarks,
// settings.

import { useQuery } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import type { Model } from '../../../contract/model.ts';
import type { CurvePoint, SampleReconstruction, TrainingRun } from '../../../contract/training.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { scoreText } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { go } from '../../data/route.ts';
import { runOptions } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/message.tsx';
import { Plot, PlotLegend } from '../../parts/plot.tsx';
import { BeforeAfter } from './before-after.tsx';
import { curvesOf } from './curves.ts';
import { RawScoresNote } from './raw-scores-note.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunHead } from './run-head.tsx';

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

const HEIGHT = 168;

/** Drawn as they come. */
function RunCurves({ points, std }: { points: readonly CurvePoint[]; std: number }) {
  const { steps, curves } = useMemo(() => curvesOf(points, std), [points, std]);
  const last = steps.at(-1) ?? 0;
  return (
    <div className="training-curves">
      {curves.map(({ title, lines, words, yRange, yText, note }) => (
        <figure key={title} className="training-curve">
          <figcaption>{title}</figcaption>
          <Plot
            label={words}
            x={steps}
            lines={lines}
            xLabel="step"
            yLabel=""
            height={HEIGHT}
            xRange={[0, Math.max(last, 1)]}
            {...(yRange ? { yRange } : {})}
            {...(yText ? { yText } : {})}
          />
          <PlotLegend lines={lines} />
          {note ? <p className="training-note muted">{note}</p> : null}
        </figure>
      ))}
    </div>
  );
}

const LABEL_WORDS = ['Genuine', 'Forged'] as const;
const source = (png: string): string => `data:image/png;base64,${png}`;

/** Faces of the latest validation and what the decoder makes of them. */
function SampleReconstructions({ samples }: { samples: readonly SampleReconstruction[] }) {
  if (samples.length === 0) return <p className="muted">Shown from the first validation on.</p>;
  return (
    <ul className="training-samples">
      {samples.map(({ label, score, original, reconstruction }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same faces in the same order at every validation
        <li key={i}>
          <span className="training-pair">
            <img src={source(original)} alt={`Face ${i + 1}, ${LABEL_WORDS[label]}`} />
            <img src={source(reconstruction)} alt={`Reconstruction of face ${i + 1}`} />
          </span>
          <span>
            {LABEL_WORDS[label]} · <span className="muted">raw score {scoreText(score)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
