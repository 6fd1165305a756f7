// The reason of an opinion that the case does not take without one: a field, Enter, and on with the triage.
import { useState } from 'react';
import type { Conclusion } from '../../../contract/opinion.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import type { Decidable } from '../../data/opinions.ts';
import { Field, Input } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { CONCLUSION_WORDS } from '../../wording.ts';

type Props = {
  finding: Decidable;
  conclusion: Conclusion;
  why: string;
  /** Undefined: no opinion. */
  onAnswer: (reason: string | undefined) => void;
};

export function ReasonDialog({ finding, conclusion, why, onAnswer }: Props) {
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title={`Why ${CONCLUSION_WORDS[conclusion]}?`}
      submit="Record the opinion"
      ready={reason.trim() !== ''}
      leave="No opinion"
      onSubmit={() => onAnswer(reason.trim())}
      onClose={() => onAnswer(undefined)}
    >
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
    </FormDialog>
  );
}
