// A validation of the model that is looked at: how far it is, with a way to stop it; and how it
// ended.
import { Square } from 'lucide-react';
import { useStore } from '../../data/store.ts';
import { cancelValidation, forgetValidation, type Validation, validation } from '../../data/validation.ts';
import { Button } from '../../parts/button.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { numberText } from '../../wording.ts';
import { RecordView } from './record-view.tsx';

/**
 * `Faces scored: 120 of 400`. A labelled set counts files beforehand, and a file may hold several
 * faces.
 */
export function progressWords({ progress }: Validation): string {
  if (!progress) return 'Loading the model';
  const { done, total, message } = progress;
  return `${message}: ${numberText(done)}${total !== null && done <= total ? ` of ${numberText(total)}` : ''}`;
}

function UnderWay({ run }: { run: Validation }) {
  const { done, total } = run.progress ?? { done: 0, total: null };
  return (
    <div className="validation-run">
      <div className="validation-run-head">
        <span className="badge tone-accent">Validating</span>
        <span className="validation-run-words">{progressWords(run)}</span>
        <Button small icon={Square} onClick={cancelValidation}>
          Cancel
        </Button>
      </div>
      <ProgressBar label="Progress of the validation" done={done} total={total} words={progressWords(run)} wanders />
      <p className="validation-run-folder mono muted">{run.choice.folder}</p>
    </div>
  );
}

function PutAway() {
  return (
    <Button small onClick={forgetValidation}>
      Dismiss
    </Button>
  );
}

/** Nothing while this model is not the one being validated. */
export function ValidationRun({ modelId }: { modelId: string }) {
  const run = useStore(validation);
  if (run?.modelId !== modelId) return null;
  if (run.end === null) return <UnderWay run={run} />;
  if (run.end.kind === 'failed')
    return (
      <div className="validation-run-end">
        <Failure error={run.end.error} />
        <PutAway />
      </div>
    );
  if (run.end.kind === 'cancelled')
    return (
      <div className="validation-run-end">
        <Message title="The validation was cancelled.">Nothing of it was kept.</Message>
        <PutAway />
      </div>
    );
  if (run.choice.keep)
    return (
      <div className="validation-run-end">
        <Message title="The validation is done.">
          Its record stands below, and in every report of verdicts that are given from now on.
        </Message>
        <PutAway />
      </div>
    );
  return (
    <div className="validation-run-end">
      <Message tone="caution" title="This record was not kept.">
        It is shown until it is put away; the model’s scores do not carry it.
      </Message>
      <RecordView record={run.end.record} />
      <PutAway />
    </div>
  );
}
