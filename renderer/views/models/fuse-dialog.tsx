// Several models made one: with which others, and on which labelled faces their fusion is fitted and
// measured. It stays open until the new model is there; closing it ends the fusion, and nothing is
// kept.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ModelId } from '../../../contract/brand.ts';
import { MOST_PARTS } from '../../../contract/composite.ts';
import { measuredWords } from '../../../contract/fitness.ts';
import type { Model } from '../../../contract/model.ts';
import type { FusionEvent, FusionRequest } from '../../../contract/validation.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { Check, Field, Input, Segments } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { nameAmong } from '../../parts/model-name.ts';
import { PathField } from '../../parts/path-field.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { client } from '../../transport.ts';
import { numberText } from '../../wording.ts';
import { StabilityCheck } from './stability-check.tsx';

type Progress = Extract<FusionEvent, { kind: 'progress' }>;
type Material = 'labelled' | 'crops';

/** A model that can be a part: measured, in use, and no composite. */
export const canBePart = ({ validation, retired, passport }: Model): boolean =>
  validation !== null && !retired && !passport.composite;

const progressWords = ({ done, total, message }: Progress): string =>
  `${message}: ${numberText(done)}${total !== null && done <= total ? ` of ${numberText(total)}` : ''}`;

export function FuseDialog({
  model,
  onClose,
  onFused,
}: {
  model: Model;
  onClose: () => void;
  onFused: (id: ModelId) => void;
}) {
  const models = (useQuery(engine.model.list.queryOptions()).data ?? []).filter(canBePart);
  const others = models.filter(({ id }) => id !== model.id);
  const [chosen, setChosen] = useState<readonly ModelId[]>([]);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Material>('labelled');
  const [folder, setFolder] = useState('');
  const [stability, setStability] = useState(false);
  const [progress, setProgress] = useState<Progress | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const parts = [model, ...others.filter(({ id }) => chosen.includes(id))];
  const usualName = parts
    .map((part) => part.name)
    .join(' + ')
    .slice(0, 200);
  const fusing = useMutation({
    mutationFn: async () => {
      stop.current = new AbortController();
      const request: Pick<FusionRequest, 'parts' | 'name' | 'folder' | 'kind' | 'stability'> = {
        ...{ parts: parts.map(({ id }) => id), name: name.trim() || usualName, folder, kind, stability },
      };
      for await (const event of await client.model.fuse(request, { signal: stop.current.signal })) {
        if (event.kind === 'done') return event.modelId;
        setProgress(event);
      }
      throw new Error('The fusion ended without a model.');
    },
    onSuccess: async (id) => {
      await queryClient.invalidateQueries({ queryKey: engine.model.key() });
      onFused(id);
      onClose();
    },
    onSettled: () => setProgress(null),
  });
  return (
    <FormDialog
      title={`Fuse ${model.name} with others`}
      submit={fusing.isPending ? 'Fusing…' : 'Fuse'}
      ready={parts.length > 1 && folder.trim() !== '' && !fusing.isPending}
      error={fusing.error}
      onSubmit={fusing.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        Every face of the material is scored by each of them. One logit is made of theirs with weights fitted on the
        material, and measured on persons or videos that were left out of the fit. The new model’s record shows each
        part by itself beside it, and how far they err together.
      </p>
      <fieldset className="fuse-parts">
        <legend className="field-label">Together with</legend>
        {others.length === 0 ? (
          <p className="secondary">No other model has a validation record. Validate one first.</p>
        ) : null}
        {others.map((one) => (
          <Check
            key={one.id}
            checked={chosen.includes(one.id)}
            disabled={fusing.isPending || (parts.length >= MOST_PARTS && !chosen.includes(one.id))}
            onChange={(checked) => setChosen((now) => (checked ? [...now, one.id] : now.filter((id) => id !== one.id)))}
          >
            {nameAmong(one, models)} <span className="muted">{measuredWords(one.validation)}</span>
          </Check>
        ))}
      </fieldset>
      <Segments
        label="Material"
        value={kind}
        choices={[
          { value: 'labelled', label: 'Labelled set' },
          { value: 'crops', label: 'Faces already cut' },
        ]}
        onChange={setKind}
      />
      <PathField
        label="Folder of the set"
        hint="As for a validation: both classes, by person or video, unlike what the models have learned from."
        title="Folder of the set"
        wanted={{ kind: 'folder' }}
        value={folder}
        onChange={setFolder}
        first
      />
      <Field label="Name of the new model">
        <Input value={name} placeholder={usualName} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </Field>
      <StabilityCheck checked={stability} onChange={setStability} disabled={fusing.isPending} />
      {progress ? (
        <ProgressBar
          label="Progress of the fusion"
          done={progress.done}
          total={progress.total}
          words={progressWords(progress)}
          wanders
        />
      ) : null}
    </FormDialog>
  );
}
