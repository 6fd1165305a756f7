// Who is examining: a name known to the case, or a new one. Asked before the first opinion.
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { engine } from '../../data/engine.ts';
import { openList } from '../../data/grid-state.ts';
import { caseChanged, useSession } from '../../data/open-case.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, Input, Switch } from '../../parts/field.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';

const LAST_NAME = 'recce.examiner';

export function ExaminerDialog({ onClose, afterwards }: { onClose: () => void; afterwards?: () => void }) {
  const session = useSession();
  const known = useQuery(engine.session.examiners.queryOptions()).data ?? [];
  const [name, setName] = useState(session.examiner?.name ?? localStorage.getItem(LAST_NAME) ?? '');
  const [blind, setBlind] = useState(session.blind);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await client.session.set({ examiner: name.trim(), blind });
      localStorage.setItem(LAST_NAME, name.trim());
      await caseChanged();
      onClose();
      await openList(true);
      afterwards?.();
    } catch (failure) {
      setError(failure);
    }
  };

  return (
    <Dialog title="Who is examining?" onClose={onClose}>
      <form className="form" onSubmit={submit}>
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
        <div className="switch-row">
          <div>
            <strong>Blind review</strong>
            <p className="field-hint">
              Scores, the model’s pictures and other people’s opinions stay hidden for a face until you have given your
              own.
            </p>
          </div>
          <Switch label="Blind review" checked={blind} onChange={setBlind} />
        </div>
        <Failure error={error} />
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={!name.trim()}>
            Examine as {name.trim() || '…'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
