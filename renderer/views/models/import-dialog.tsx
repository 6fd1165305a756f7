// Taking a model into the library. The file is looked at first: a checkpoint says which network it
// is for and what it leaves open has to be declared; an ONNX file says nothing of that kind.
import { useState } from 'react';
import { engine, queryClient } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { PathField } from '../../parts/path-field.tsx';
import type { ImportStep } from './import-step.ts';
import { useOnnxImport } from './onnx-import.tsx';
import { useWeightsImport } from './weights-import.tsx';

export function ImportDialog({ onClose, onImported }: { onClose: () => void; onImported: (id: string) => void }) {
  const [path, setPath] = useState('');
  const taken: ImportStep['onTaken'] = async ({ id, name }) => {
    await queryClient.invalidateQueries({ queryKey: engine.model.key() });
    onImported(id);
    notify(`${name} is in the library.`);
    onClose();
  };
  const isOnnx = path.toLowerCase().endsWith('.onnx');
  const weights = useWeightsImport({ path: isOnnx ? '' : path, onTaken: taken });
  const onnx = useOnnxImport({ path: isOnnx ? path : '', onTaken: taken });
  const { body, hidesFile = false, ...form } = isOnnx ? onnx : weights;
  return (
    <FormDialog title="Import a model" size={isOnnx ? 'wide' : 'usual'} onClose={onClose} {...form}>
      {hidesFile ? null : (
        <>
          <p className="secondary">
            A checkpoint of RECCE or of a published detector from PyTorch (.pth, .pt, .bin, .ckpt) or .safetensors:
            nothing in the file is executed, and every tensor’s name and shape must fit. Or a network of one’s own,
            .onnx, with everything declared that the file does not say.
          </p>
          <PathField
            label="File"
            title="Choose a model’s file"
            wanted={{ kind: 'file' }}
            value={path}
            onChange={setPath}
            first
          />
        </>
      )}
      {body}
    </FormDialog>
  );
}
