// Before blind review is left: how many scores that shows. What has been seen cannot be unseen.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { setBlind } from '../../data/blind.ts';
import { engine } from '../../data/engine.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { countText } from '../../wording.ts';

export function LeaveBlindDialog({ onClose }: { onClose: () => void }) {
  const hidden = useQuery(engine.session.hidden.queryOptions({ staleTime: 0 }));
  const [error, setError] = useState<unknown>(null);
  const submit = async (): Promise<void> => {
    try {
      await setBlind(false);
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <FormDialog
      title="Leave blind review?"
      submit="Show the scores"
      leave="Stay blind"
      ready={hidden.data !== undefined}
      error={error ?? hidden.error}
      guarded
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        {hidden.data === undefined
          ? 'Counting what is hidden…'
          : `This shows the scores of ${countText(hidden.data, 'face', 'faces')} on which you have given no opinion, and what others said of them.`}
      </p>
      <p className="secondary">
        The activity records that it was left and how many faces it showed. Opinions on them are no longer blind.
      </p>
    </FormDialog>
  );
}
