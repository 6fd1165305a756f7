// Asks before a run and its files are deleted.
import { useMutation } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import type { TrainingRun } from '../../../contract/training.ts';
import { notify } from '../../data/notices.ts';
import { forgetRun } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';

export function DiscardDialog({ run, onClose }: { run: TrainingRun; onClose: () => void }) {
  const discarding = useMutation({
    mutationFn: () => client.train.discard({ id: run.id }),
    onSuccess: () => {
      onClose();
      forgetRun(run.id);
      notify('The run was deleted.');
    },
  });
  return (
    <Dialog title="Discard the run?" onClose={onClose}>
      <p>
        Its checkpoints, curves and pictures are deleted for good.{' '}
        {run.modelId ? 'The model it produced stays in the library.' : 'It has produced no model.'}
      </p>
      <Failure error={discarding.error} />
      <div className="dialog-actions">
        <Button onClick={onClose}>Keep it</Button>
        <Button tone="danger" icon={Trash2} disabled={discarding.isPending} onClick={() => discarding.mutate()}>
          Discard
        </Button>
      </div>
    </Dialog>
  );
}
