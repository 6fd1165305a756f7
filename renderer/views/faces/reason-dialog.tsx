// The reason of an opinion that the case does not take without one: a field, Enter, and on with the triage.
import { type FormEvent, useState } from 'react';
import type { Conclusion } from '../../../contract/opinion.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { type Decidable, giveOpinion } from '../../data/opinions.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, Input } from '../../parts/field.tsx';
import { CONCLUSION_WORDS } from '../../wording.ts';

type Props = { finding: Decidable; conclusion: Conclusion; why: string; onClose: () => void };

export function ReasonDialog({ finding, conclusion, why, onClose }: Props) {
  const [reason, setReason] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (reason.trim() === '') return;
    onClose();
    await giveOpinion(finding, conclusion, reason.trim());
  };
  return (
    <Dialog title={`Why ${CONCLUSION_WORDS[conclusion]}?`} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p className="secondary mono">{visibleText(finding.relativePath)}</p>
        <Field label="Reason" hint={`Asked for because ${why} Enter records the opinion with it.`}>
          <Input
            value={reason}
            maxLength={10_000}
            required
            data-first
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        <div className="dialog-actions">
          <Button onClick={onClose}>No opinion</Button>
          <Button tone="primary" type="submit" disabled={reason.trim() === ''}>
            Record the opinion
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
