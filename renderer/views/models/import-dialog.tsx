// Taking a checkpoint into the library. The file is looked at first; the input size it does not
// state has to be declared.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { WeightsFacts } from '../../../contract/model.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { client } from '../../transport.ts';
import { bytesText } from '../../wording.ts';
import { type Declaration, DeclarationFields, declarationFrom } from './declaration-fields.tsx';

const EMPTY: Declaration = { name: '', inputPx: '', cropRecipe: '', classMap: 'forged', licence: '' };

const inputHint = (facts: WeightsFacts | undefined): string => {
  const warning = 'With a wrong size every score is wrong, without any error.';
  if (!facts) return `The size it was trained with. ${warning}`;
  if (facts.inputPx !== null) return `The file states ${facts.inputPx}.`;
  return `The file does not state it; ${facts.usual.inputPx} is usual for this layout. ${warning}`;
};

function FileFacts({ facts }: { facts: WeightsFacts }) {
  const { sizeBytes, container, layout, width, known } = facts;
  return known ? (
    <Message tone="caution" title="These weights are in the library already.">
      Importing them again changes nothing. To put an entry right, use Correct on the Models screen.
    </Message>
  ) : (
    <p className="secondary">
      RECCE weights: {bytesText(sizeBytes)}, {container} container, {layout} layout, {width} of the published width.
    </p>
  );
}

export function ImportDialog({ onClose, onImported }: { onClose: () => void; onImported: (id: string) => void }) {
  const [path, setPath] = useState('');
  const [declared, setDeclared] = useState(EMPTY);
  const looking = useQuery(
    engine.model.inspect.queryOptions({ input: { path }, enabled: path !== '', retry: false, staleTime: 0 }),
  );
  const facts = path === '' ? undefined : looking.data;
  const shown = {
    ...declared,
    inputPx: declared.inputPx || String(facts?.inputPx ?? ''),
    cropRecipe: declared.cropRecipe || (facts?.usual.cropRecipe ?? ''),
  };
  const taking = useMutation({
    mutationFn: () => client.model.import({ path, ...declarationFrom(shown) }),
    onSuccess: async (model) => {
      await queryClient.invalidateQueries({ queryKey: engine.model.key() });
      onImported(model.id);
      notify(`${model.name} is in the library.`);
      onClose();
    },
  });
  return (
    <FormDialog
      title="Import a model"
      submit={taking.isPending ? 'Reading and testing…' : 'Import'}
      ready={facts !== undefined && shown.inputPx !== '' && !taking.isPending}
      error={taking.error}
      onSubmit={taking.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        A RECCE checkpoint from PyTorch (.pth, .pt, .bin, .ckpt) or .safetensors. Nothing in the file is executed; every
        tensor’s name and shape must fit.
      </p>
      <PathField
        label="File"
        title="Choose a checkpoint"
        wanted={{ kind: 'file' }}
        value={path}
        onChange={setPath}
        first
      />
      {looking.isFetching ? <p className="muted">Reading the file…</p> : null}
      {path === '' ? null : <Failure error={looking.error} />}
      {facts ? <FileFacts facts={facts} /> : null}
      <DeclarationFields
        value={shown}
        onChange={(change) => setDeclared((now) => ({ ...now, ...change }))}
        inputHint={inputHint(facts)}
        licenceHint="As its authors state it; printed in reports."
      />
    </FormDialog>
  );
}
