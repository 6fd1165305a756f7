// What can be done with an entry of the library without ever changing it: a correction is an entry
// of its own, a retirement can be taken back.
import { useMutation } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Combine, PencilLine } from 'lucide-react';
import { useState } from 'react';
import type { Model } from '../../../contract/model.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { Button } from '../../parts/button.tsx';
import { Field, Input } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failure } from '../../parts/message.tsx';
import { useLeaving } from '../../parts/use-leaving.ts';
import { client } from '../../transport.ts';
import { classOfOne, type Declaration, DeclarationFields, declarationFrom } from './declaration-fields.tsx';
import { canBePart, FuseDialog } from './fuse-dialog.tsx';

const readAgain = (): Promise<void> => queryClient.invalidateQueries({ queryKey: engine.model.key() });

function CorrectDialog({
  model,
  onClose,
  onCorrected,
}: {
  model: Model;
  onClose: () => void;
  onCorrected: (id: string) => void;
}) {
  const { inputPx, cropRecipe, classMap, licence } = model.passport;
  const [declared, setDeclared] = useState<Declaration>({
    ...{ name: `${model.name} (corrected)`, inputPx: String(inputPx), cropRecipe, licence },
    classMap: classOfOne(classMap),
  });
  const leaving = useLeaving();
  const correcting = useMutation({
    mutationFn: () => client.model.correct({ id: model.id, ...declarationFrom(declared) }, { signal: leaving() }),
    onSuccess: async (corrected) => {
      await readAgain();
      onCorrected(corrected.id);
      notify(`${corrected.name} is a new entry. ${model.name} is still there; retire it if it is not to be used.`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Correct ${model.name}`}
      submit={correcting.isPending ? 'Testing…' : 'Add the corrected entry'}
      ready={declared.inputPx !== '' && !correcting.isPending}
      error={correcting.error}
      onSubmit={correcting.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        The same weights become a new entry with what you state here, without a validation record. The old entry stays
        as it is, because results were made with it.
      </p>
      <DeclarationFields
        value={declared}
        onChange={(change) => setDeclared((now) => ({ ...now, ...change }))}
        inputHint="The size it was trained with."
        licenceHint="As its authors state it; printed in reports."
      />
    </FormDialog>
  );
}

function RetireDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const retiring = useMutation({
    mutationFn: () => client.model.retire({ id: model.id, reason: reason.trim() }),
    onSuccess: async () => {
      await readAgain();
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Retire ${model.name}?`}
      submit="Retire"
      ready={!retiring.isPending}
      error={retiring.error}
      onSubmit={retiring.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        It is no longer offered for scans, training or validation. Results made with it stay, and can be repeated. You
        can reinstate it at any time.
      </p>
      <Field label="Reason">
        <Input
          value={reason}
          placeholder="e.g. imported with the wrong input size"
          onChange={(event) => setReason(event.target.value)}
          maxLength={1000}
        />
      </Field>
    </FormDialog>
  );
}

/** What is declared of weights is put right by a new entry; of a network of one's own its passport states it. */
const canBeCorrected = ({ passport }: Model): boolean => !passport.composite && !passport.onnx;

export function ModelActions({ model, onCorrected }: { model: Model; onCorrected: (id: string) => void }) {
  const [asking, setAsking] = useState<'correct' | 'fuse' | 'retire' | null>(null);
  const reinstating = useMutation({
    mutationFn: () => client.model.reinstate({ id: model.id }),
    onSuccess: readAgain,
  });
  const close = (): void => setAsking(null);
  return (
    <>
      <div className="model-actions">
        {canBeCorrected(model) ? (
          <Button small icon={PencilLine} onClick={() => setAsking('correct')}>
            Correct…
          </Button>
        ) : null}
        {canBePart(model) ? (
          <Button small icon={Combine} onClick={() => setAsking('fuse')}>
            Fuse…
          </Button>
        ) : null}
        {model.retired ? (
          <Button small icon={ArchiveRestore} disabled={reinstating.isPending} onClick={() => reinstating.mutate()}>
            Reinstate
          </Button>
        ) : (
          <Button small icon={Archive} onClick={() => setAsking('retire')}>
            Retire…
          </Button>
        )}
      </div>
      {model.passport.onnx ? (
        <p className="muted">
          How it is fed and what its answer means is stated by its passport alone. To put that right, import its file
          again with another passport, and retire this entry.
        </p>
      ) : null}
      <Failure error={reinstating.error} />
      {asking === 'correct' ? <CorrectDialog model={model} onClose={close} onCorrected={onCorrected} /> : null}
      {asking === 'fuse' ? <FuseDialog model={model} onClose={close} onFused={onCorrected} /> : null}
      {asking === 'retire' ? <RetireDialog model={model} onClose={close} /> : null}
    </>
  );
}
