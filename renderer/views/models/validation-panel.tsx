// What a model was measured to do, and measuring it: its record, or why there is none and what that
// means; a validation under way.
import { Gauge } from 'lucide-react';
import { useState } from 'react';
import type { Model } from '../../../contract/model.ts';
import { useStore } from '../../data/store.ts';
import { isValidating, validation } from '../../data/validation.ts';
import { Button } from '../../parts/button.tsx';
import { Message } from '../../parts/message.tsx';
import { RecordView } from './record-view.tsx';
import { ValidationDialog } from './validation-dialog.tsx';
import { ValidationRun } from './validation-run.tsx';

const NoRecord = () => (
  <Message tone="caution" title="No validation record.">
    <p>
      This model gives raw scores only: no error rate, no leaning, no likelihood ratio. How often a score is wrong, and
      what it is worth as evidence, is known only once this very file has been measured on labelled faces, and nobody
      has done so. Of a raw score alone it cannot be said whether it is high or low.
    </p>
  </Message>
);

export function ValidationPanel({ model }: { model: Model }) {
  const [asking, setAsking] = useState(false);
  const run = useStore(validation);
  const busy = isValidating(run);
  return (
    <>
      <div className="validation-head">
        <h3 className="section-caps">Validation</h3>
        {busy && run.modelId !== model.id ? (
          <span className="muted">One at a time: {run.modelName} is being validated.</span>
        ) : null}
        <Button small icon={Gauge} disabled={busy} onClick={() => setAsking(true)}>
          {model.validation ? 'Validate again' : 'Validate'}
        </Button>
      </div>
      <ValidationRun modelId={model.id} />
      {model.validation ? <RecordView record={model.validation} /> : <NoRecord />}
      {asking ? <ValidationDialog model={model} onClose={() => setAsking(false)} /> : null}
    </>
  );
}
