// Taking a checkpoint into the library. What the file cannot tell about itself is asked for, and may be left open.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { engine, queryClient } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { Field, Input } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { client } from '../../transport.ts';

export function ImportDialog({ onClose, onImported }: { onClose: () => void; onImported: (id: string) => void }) {
  const [path, setPath] = useState('');
  const [name, setName] = useState('');
  const [inputPx, setInputPx] = useState('');
  const [licence, setLicence] = useState('');
  const taking = useMutation({
    mutationFn: () =>
      client.model.import({
        path,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(inputPx ? { inputPx: Number(inputPx) } : {}),
        ...(licence.trim() ? { licence: licence.trim() } : {}),
      }),
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
      ready={path !== '' && inputPx !== '' && !taking.isPending}
      error={taking.error}
      onSubmit={taking.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        A RECCE checkpoint of PyTorch (.pth, .bin): the paper’s, a bare or distributed state, or DeepfakeBench’s.
        Nothing in the file is executed, and every name and shape must fit exactly.
      </p>
      <PathField
        label="File"
        title="Choose a checkpoint"
        wanted={{ kind: 'file' }}
        value={path}
        onChange={setPath}
        first
      />
      <Field label="Name" hint="The file’s name when left empty.">
        <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={200} />
      </Field>
      <Field
        label="Input, pixels"
        hint="As it was trained: 299 for the paper’s weights, 256 for DeepfakeBench’s. Another size scores wrongly without complaint."
      >
        <Input type="number" min={64} max={1024} value={inputPx} onChange={(event) => setInputPx(event.target.value)} />
      </Field>
      <Field label="Licence" hint="As its authors state it; printed in reports.">
        <Input value={licence} onChange={(event) => setLicence(event.target.value)} maxLength={500} />
      </Field>
    </FormDialog>
  );
}
