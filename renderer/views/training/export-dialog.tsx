// A run as the paper's trainer file, for a laboratory that trains on in PyTorch.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { TrainingRun } from '../../../contract/training.ts';
import { isFileThere } from '../../data/engine.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { client } from '../../transport.ts';
import { bytesText } from '../../wording.ts';

export function ExportDialog({ run, onClose }: { run: TrainingRun; onClose: () => void }) {
  const [path, setPath] = useState('');
  const exporting = useMutation({
    mutationFn: (replace: boolean) => client.train.export({ id: run.id, path, replace }),
  });
  const written = exporting.data;
  const fileName = `${run.id}.bin`;
  return (
    <FormDialog
      title="Export for PyTorch"
      submit={exporting.isPending ? 'Writing…' : isFileThere(exporting.error) ? 'Replace the file' : 'Export'}
      ready={path !== '' && !exporting.isPending}
      leave={written ? 'Close' : 'Cancel'}
      keepsDraft={written !== undefined}
      error={exporting.error}
      onSubmit={() => exporting.mutate(isFileThere(exporting.error))}
      onClose={onClose}
    >
      <p className="secondary">
        The state of step {run.step}, optimiser and schedule included, as the paper’s own trainer resumes from. What it
        makes of it comes back through Models, Import.
      </p>
      <PathField
        label="File"
        title="Export for PyTorch"
        wanted={{ kind: 'save', fileName }}
        value={path}
        placeholder={`${fileName}, with its folder`}
        onChange={(next) => {
          setPath(next);
          // What was refused or written was another file.
          if (!exporting.isPending) exporting.reset();
        }}
        first
      />
      {written ? <Message title={`Written: ${bytesText(written.sizeBytes)}.`}>{written.path}</Message> : null}
    </FormDialog>
  );
}
