// A question before something is ended or replaced. Neither answer is preselected, and it is a
// question to whoever sat there when it was asked.
import { type ReactNode, useEffect, useState } from 'react';
import { turn } from '../data/overlays.ts';
import { useStore } from '../data/store.ts';
import { FormDialog } from './form-dialog.tsx';

export function ConfirmDialog({
  title,
  confirm,
  leave,
  error,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  /** What the button that does it says. */
  confirm: string;
  /** What the button that leaves everything as it is says. */
  leave: string;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const [askedIn] = useState(turn.get);
  const now = useStore(turn);
  useEffect(() => {
    if (now !== askedIn) onClose();
  }, [now, askedIn, onClose]);
  return (
    <FormDialog title={title} submit={confirm} leave={leave} error={error} onSubmit={onConfirm} onClose={onClose}>
      {children}
    </FormDialog>
  );
}
