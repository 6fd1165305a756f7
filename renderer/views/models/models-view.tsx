// Models: what is in the library, each with its passport, its self-test and its validation record;
// and taking one in.
import { useQuery } from '@tanstack/react-query';
import { Cpu, TriangleAlert, Upload } from 'lucide-react';
import { useState } from 'react';
import { hasDecoder, NO_DECODER } from '../../../contract/architecture.ts';
import { fitnessWarnings, measuredWords } from '../../../contract/fitness.ts';
import type { Model } from '../../../contract/model.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import { Button } from '../../parts/button.tsx';
import { FitnessWarnings } from '../../parts/fitness.tsx';
import { ListDetail, ListRow } from '../../parts/list-detail.tsx';
import { Empty, Failure, Message } from '../../parts/message.tsx';
import { nameAmong } from '../../parts/model-name.ts';
import { PassportFacts } from '../../parts/passport-facts.tsx';
import { instantText } from '../../wording.ts';
import { ImportDialog } from './import-dialog.tsx';
import { ModelActions } from './model-actions.tsx';
import { ValidationPanel } from './validation-panel.tsx';
import './models.css';

function SelfTest({ model }: { model: Model }) {
  if (!hasDecoder(model.passport))
    return (
      <Message title={NO_DECODER}>
        Inspect and reports show the face and its score, and no reconstruction, difference or attention.
      </Message>
    );
  if (!model.decoderTest)
    return (
      <Message tone="caution" title="The decoder has not been tested.">
        Its reconstructions are shown as not evidence.
      </Message>
    );
  const { passed, meanDifference, meanColourDifference, faces } = model.decoderTest;
  const figures = `Mean difference ${meanDifference.toFixed(3)}; answering with each picture’s mean colour gives ${meanColourDifference.toFixed(3)}. ${faces} genuine faces.`;
  return (
    <Message
      tone={passed ? 'plain' : 'caution'}
      title={passed ? 'The decoder reconstructs genuine faces.' : 'The decoder does not reconstruct genuine faces.'}
    >
      {figures} {passed ? '' : 'Its reconstructions are shown as not evidence.'}
    </Message>
  );
}

/** Of a composite of which a part is no longer to be used. */
function NoScore({ model, models }: { model: Model; models: readonly Model[] }) {
  const unusable = (model.passport.composite?.parts ?? []).filter(
    ({ modelId }) => !models.some((one) => one.id === modelId && !one.retired),
  );
  if (unusable.length === 0) return null;
  return (
    <Message tone="danger" title="It gives no score now.">
      {unusable.map(({ name }) => name).join(', ')} {unusable.length === 1 ? 'is' : 'are'} retired or not in the
      library.
    </Message>
  );
}

function ModelDetail({
  model,
  models,
  onSelect,
}: {
  model: Model;
  models: readonly Model[];
  onSelect: (id: string) => void;
}) {
  return (
    <article className="model-detail" aria-label={model.name}>
      <div className="model-title">
        <h2>{model.name}</h2>
        {model.demonstration ? <span className="badge tone-caution">Demonstration: not for casework</span> : null}
        {model.retired ? <span className="badge">Retired</span> : null}
      </div>
      <p>{model.description}</p>
      {model.retired ? (
        <Message title={`Retired on ${instantText(model.retired.at)}.`}>
          {model.retired.reason ? `Reason: “${visibleText(model.retired.reason)}”.` : 'No reason was given.'} It is not
          offered for new work.
        </Message>
      ) : null}
      <FitnessWarnings model={model} />
      <NoScore model={model} models={models} />
      <ModelActions key={model.id} model={model} onCorrected={onSelect} />
      {model.limits ? (
        <Message tone="caution" title="Limits">
          {model.limits}
        </Message>
      ) : null}
      <section aria-label="Validation">
        <ValidationPanel model={model} />
      </section>
      <section aria-label="Self-test of the decoder">
        <h3 className="section-caps">Self-test of the decoder</h3>
        <SelfTest model={model} />
      </section>
      <section aria-label="Passport">
        <h3 className="section-caps">Passport</h3>
        <PassportFacts model={model} />
      </section>
    </article>
  );
}

function ModelRow({
  model,
  models,
  current,
  onSelect,
}: {
  model: Model;
  models: readonly Model[];
  current: boolean;
  onSelect: () => void;
}) {
  const warned = fitnessWarnings(model).length > 0;
  const size = `${model.passport.inputPx} px${model.passport.geometry === 'assumed' ? ' (in part assumed)' : ''}`;
  return (
    <ListRow name={nameAmong(model, models)} current={current} onSelect={onSelect}>
      <span className="list-line">
        {warned ? <TriangleAlert size={12} aria-label="Read its warnings" /> : null}
        {model.retired ? 'retired · ' : ''}
        {size} · {measuredWords(model.validation)}
      </span>
    </ListRow>
  );
}

/** Models that cannot be read: named with the reason, never silently absent. */
function BrokenModels() {
  const broken = useQuery(engine.model.listBroken.queryOptions()).data ?? [];
  return broken.map(({ name, file, reason }) => (
    <Message key={file} tone="danger" title={`${name.length > 40 ? `${name.slice(0, 12)}…` : name} cannot be used.`}>
      <span className="models-broken">
        {file} cannot be read ({reason}). Restore the file as it was.
      </span>
    </Message>
  ));
}

export function ModelsView() {
  const query = useQuery(engine.model.list.queryOptions());
  const [selected, setSelected] = useState<string | null>(null);
  const [importing, setImporting] = useState(false);
  const models = (query.data ?? []).toSorted((a, b) => Number(!!a.retired) - Number(!!b.retired));
  const model = models.find((one) => one.id === selected) ?? models[0];
  return (
    <>
      <ListDetail
        title="Models"
        listLabel="Library"
        action={
          <Button small icon={Upload} onClick={() => setImporting(true)}>
            Import
          </Button>
        }
        list={
          <>
            <Failure error={query.error} />
            <BrokenModels />
            <ul>
              {models.map((one) => (
                <ModelRow
                  key={one.id}
                  model={one}
                  models={models}
                  current={one.id === model?.id}
                  onSelect={() => setSelected(one.id)}
                />
              ))}
            </ul>
          </>
        }
        detailLabel="Model"
        detailKey={model?.id ?? 'none'}
      >
        {model ? (
          <ModelDetail model={model} models={models} onSelect={setSelected} />
        ) : query.isPending ? null : (
          <Empty icon={Cpu} title="The library is empty">
            Import a model to scan with it.
          </Empty>
        )}
      </ListDetail>
      {importing ? <ImportDialog onClose={() => setImporting(false)} onImported={setSelected} /> : null}
    </>
  );
}
