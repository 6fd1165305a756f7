// Who is examining: a name known to the case, or a new one. Asked before the first opinion.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { engine } from '../../data/engine.ts';
import { openList } from '../../data/grid-state.ts';
import { lastExaminer, rememberExaminer } from '../../data/last-examiner.ts';
import { caseChanged, useSession } from '../../data/open-case.ts';
import { Field, Input, SwitchRow } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { client } from '../../transport.ts';

export function ExaminerDialog({
  onClose,
  onAnswer,
}: {
  onClose: () => void;
  /** True once a name is given, false where the dialog is left without one. */
  onAnswer?: ((named: boolean) => void) | undefined;
}) {
  const session = useSession();
  const known = useQuery(engine.session.examiners.queryOptions()).data ?? [];
  const [name, setName] = useState(session.examiner?.name ?? lastExaminer());
  const [blind, setBlind] = useState(session.blind);
  const [error, setError] = useState<unknown>(null);

  const submit = async (): Promise<void> => {
    try {
      await client.session.set({ examiner: name.trim(), blind });
      rememberExaminer(name.trim());
      await caseChanged();
      onClose();
      await openList(true);
      onAnswer?.(true);
    } catch (failure) {
      setError(failure);
    }
  };

  const leave = (): void => {
    onClose();
    onAnswer?.(false);
  };

  return (
    <FormDialog
      title="Who is examining?"
      submit={`Examine as ${name.trim() || '…'}`}
      ready={name.trim() !== ''}
      error={error}
      onSubmit={submit}
      onClose={leave}
    >
      <p className="secondary">
        Every opinion is recorded under a name. The name and each change of it are entered in the case’s activity.
      </p>
      <Field label="Name">
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          list="known-examiners"
          maxLength={200}
          required
          data-first
        />
      </Field>
      <datalist id="known-examiners">
        {known.map((one) => (
          <option key={one.id} value={one.name} />
        ))}
      </datalist>
      <SwitchRow
        label="Blind review"
        hint="Scores, the model’s pictures and other people’s opinions stay hidden for a face until you have given your own."
        checked={blind}
        onChange={setBlind}
      />
    </FormDialog>
  );
}
