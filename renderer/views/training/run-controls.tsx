// What can be done with a run as it stands: pause, resume, cancel, publish, export, discard.
import { useMutation } from '@tanstack/react-query';
import { FileOutput, PackagePlus, Pause, Play, Square, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TrainingRun } from '../../../contract/training.ts';
import { queryClient } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { isUnderWay, noteRun, runOptions } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { numberText } from '../../wording.ts';
import { DiscardDialog } from './discard-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';

type Act = 'pause' | 'resume' | 'cancel';

/** What was asked for and has not come about yet: a pause waits for the step under way. */
function useActs(run: TrainingRun) {
  const [asked, setAsked] = useState<Act | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever was asked for has come about, or something else has
  useEffect(() => setAsked(null), [run.state]);
  const act = useMutation({
    mutationFn: (what: Act) => client.train[what]({ id: run.id }),
    onMutate: setAsked,
    onSuccess: noteRun,
    onError: () => setAsked(null),
  });
  const publish = useMutation({
    mutationFn: () => client.train.publish({ id: run.id }),
    onSuccess: async (model) => {
      noteRun({ ...run, modelId: model.id });
      await queryClient.invalidateQueries({ queryKey: runOptions(run.id).queryKey });
      notify(`${model.name} is in the library.`);
    },
  });
  return { asked, act, publish };
}

export function RunControls({ run }: { run: TrainingRun }) {
  const { asked, act, publish } = useActs(run);
  const [dialog, setDialog] = useState<'cancel' | 'discard' | 'export' | null>(null);
  const { state } = run;
  const atRest = !isUnderWay(run);
  const busy = asked !== null || publish.isPending;
  return (
    <>
      <div className="training-controls">
        {state === 'running' ? (
          <Button icon={Pause} disabled={busy} onClick={() => act.mutate('pause')}>
            {asked === 'pause' ? 'Pausing after this step…' : 'Pause'}
          </Button>
        ) : null}
        {state === 'paused' || state === 'interrupted' || state === 'failed' || state === 'cancelled' ? (
          <Button
            icon={Play}
            tone={state === 'cancelled' ? 'plain' : 'primary'}
            disabled={busy}
            onClick={() => act.mutate('resume')}
          >
            Resume
          </Button>
        ) : null}
        {atRest && run.best && !run.modelId ? (
          <Button
            icon={PackagePlus}
            tone={state === 'done' ? 'primary' : 'plain'}
            disabled={busy}
            onClick={() => publish.mutate()}
          >
            {publish.isPending ? 'Testing and publishing…' : 'Publish as a new model'}
          </Button>
        ) : null}
        {isUnderWay(run) || state === 'interrupted' ? (
          <Button icon={Square} disabled={asked === 'cancel'} onClick={() => setDialog('cancel')}>
            {asked === 'cancel' ? 'Cancelling…' : 'Cancel'}
          </Button>
        ) : null}
        {atRest && run.best ? (
          <Button icon={FileOutput} disabled={busy} onClick={() => setDialog('export')}>
            Export for PyTorch
          </Button>
        ) : null}
        {atRest ? (
          <Button icon={Trash2} tone="danger" disabled={busy} onClick={() => setDialog('discard')}>
            Discard
          </Button>
        ) : null}
      </div>
      <Failure error={act.error ?? publish.error} />
      {dialog === 'cancel' ? (
        <ConfirmDialog
          title="Cancel this run?"
          confirm="Cancel the run"
          leave="Keep training"
          onConfirm={() => {
            act.mutate('cancel');
            setDialog(null);
          }}
          onClose={() => setDialog(null)}
        >
          <p>
            {numberText(run.step)} of {numberText(run.request.steps)} steps are done. They are kept: you can resume the
            run later, or publish its best step as a model.
          </p>
        </ConfirmDialog>
      ) : null}
      {dialog === 'discard' ? <DiscardDialog run={run} onClose={() => setDialog(null)} /> : null}
      {dialog === 'export' ? <ExportDialog run={run} onClose={() => setDialog(null)} /> : null}
    </>
  );
}
