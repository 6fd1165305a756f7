// A dialog that asks for something: a form, what went wrong with it, and the two buttons that end it.
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Failure } from './message.tsx';

/** Enter in a field submits as the button does; both do nothing while it is not `ready`. */
export function FormDialog({
  title,
  submit,
  ready = true,
  leave = 'Cancel',
  error = null,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  /** What the button that submits says. */
  submit: ReactNode;
  ready?: boolean;
  /** What the button that closes says. */
  leave?: string;
  error?: unknown;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onSubmit();
        }}
      >
        {children}
        <Failure error={error} />
        <div className="dialog-actions">
          <Button onClick={onClose}>{leave}</Button>
          <Button tone="primary" type="submit" disabled={!ready}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
