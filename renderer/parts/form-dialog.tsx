// A dialog that asks for something: a form, what went wrong with it, and the two buttons that end
// it. What was typed does not go by a key: leaving a form that was filled is asked about.
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Keys } from './key.tsx';
import { Failure } from './message.tsx';

/** The question before what was written goes. A further Escape stays; only its button leaves. */
export function Leaving({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  return (
    <div className="dialog-leaving" role="alertdialog" aria-label="Leave without keeping what you wrote?">
      <span>Leave without keeping what you wrote?</span>
      <Button small autoFocus onClick={onStay}>
        Go on writing
      </Button>
      <Button small tone="danger" onClick={onLeave}>
        Leave
      </Button>
    </div>
  );
}

/**
 * Enter in a field submits as the button does; both do nothing while it is not `ready`. A `guarded`
 * one records something under a name: it hears no key pressed before it was there, and only Ctrl +
 * Enter or the button submits it.
 */
export function FormDialog({
  title,
  submit,
  ready = true,
  leave = 'Cancel',
  onLeave,
  error = null,
  guarded = false,
  keepsDraft = false,
  size = 'usual',
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
  /** What that button does, where it does more than Escape. */
  onLeave?: (() => void) | undefined;
  error?: unknown;
  guarded?: boolean;
  /**
   * What is typed is kept elsewhere, and is there when the dialog comes again: leaving asks
   * nothing.
   */
  keepsDraft?: boolean;
  size?: 'usual' | 'wide' | 'large';
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const typed = useRef(false);
  const [leaving, setLeaving] = useState(false);
  const close = (): void => {
    if (typed.current && !keepsDraft) setLeaving(!leaving);
    else onClose();
  };
  const byChord = (event: KeyboardEvent): void => {
    if (!guarded || event.key !== 'Enter') return;
    const isButton = (event.target as HTMLElement).closest('button') !== null;
    const chord = event.ctrlKey || event.metaKey;
    if (isButton && !chord) return;
    const writes = (event.target as HTMLElement).tagName === 'TEXTAREA';
    if (!chord && writes) return;
    event.preventDefault();
    if (chord && ready) onSubmit();
  };
  return (
    <Dialog title={title} onClose={close} guarded={guarded} size={size} onKeyDown={byChord}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onSubmit();
        }}
        onInput={() => {
          typed.current = true;
        }}
      >
        {children}
        <div ref={(said) => void (error && said?.scrollIntoView({ block: 'nearest' }))}>
          <Failure error={error} />
        </div>
        {leaving ? <Leaving onStay={() => setLeaving(false)} onLeave={onClose} /> : null}
        <div className="dialog-actions">
          <Button onClick={onLeave ?? close}>{leave}</Button>
          <Button tone="primary" type="submit" disabled={!ready}>
            {submit}
            {guarded ? <Keys chord="Mod+Enter" /> : null}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
