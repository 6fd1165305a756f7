// What other models say of the same face: beside this one's, never mixed into the same list.

import { useQuery } from '@tanstack/react-query';
import { measuredWords } from '../../../contract/fitness.ts';
import type { Inspection } from '../../../contract/procedures.ts';
import { ratioSentence } from '../../../contract/verbal-scale.ts';
import { scoreText } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { KindBadge, LeaningBadge } from '../../parts/marks.tsx';
import { HIDDEN_SCORE, instantText } from '../../wording.ts';

type Other = Inspection['otherModels'][number];

function Said({ outcome }: Pick<Other, 'outcome'>) {
  if (outcome === null) return <span className="muted">{HIDDEN_SCORE}</span>;
  if (outcome.kind !== 'scored') return <KindBadge kind={outcome.kind} />;
  return (
    <>
      <span className="mono">{scoreText(outcome.score)}</span> raw score{' '}
      {outcome.leaning ? <LeaningBadge leaning={outcome.leaning} /> : null}
      {outcome.log10LikelihoodRatio === null ? null : (
        <span className="other-measured">{ratioSentence(outcome.log10LikelihoodRatio)}</span>
      )}
    </>
  );
}

/** Nothing where only one model looked at it. */
export function OtherModels({ others }: { others: readonly Other[] }) {
  const records = useQuery(engine.case.recordsElsewhere.queryOptions({ staleTime: 60_000 })).data ?? [];
  const isElsewhere = (modelId: string): boolean => records.some((one) => one.modelId === modelId);
  if (others.length === 0) return null;
  return (
    <section className="dossier-block" aria-label="Other models">
      <h2 className="caps">Other models</h2>
      <p className="secondary">
        Raw scores of different models are not on one scale and cannot be compared; their likelihood ratios can.
      </p>
      <dl className="facts">
        {others.map(({ verdictId, modelId, name, madeAt, outcome, measured }) => (
          <div key={verdictId} className="fact">
            <dt>
              {name}
              <span className="other-made muted">{instantText(madeAt)}</span>
            </dt>
            <dd>
              <Said outcome={outcome} />
              <span className="other-measured muted">
                {measuredWords(measured)}
                {measured ? `, Cllr ${measured.cllr.toFixed(2)}` : ''}
                {measured && isElsewhere(modelId) ? ': by a record that is in the case alone' : ''}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
