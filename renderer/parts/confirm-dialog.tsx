// A question before something is ended or replaced. Neither answer is preselected.
import type { ReactNode } from 'react';
import { FormDialog } from './form-dialog.tsx';

export const ConfirmDialog = ({
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
}) => (
  <FormDialog title={title} submit={confirm} leave={leave} error={error} onSubmit={onConfirm} onClose={onClose}>
    {children}
  </FormDialog>
);
