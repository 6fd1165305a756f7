// A modal dialog: the browser's own <dialog>, which holds the focus, makes the rest inert and closes on Escape.
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './button.tsx';

export function Dialog({
  title,
  onClose,
  children,
  size = 'usual',
  bare,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  size?: 'usual' | 'wide' | 'large';
  /** Without the heading row; the title is still read out. */
  bare?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement as HTMLElement | null;
    if (!dialog?.open) dialog?.showModal();
    // The field marked `data-first` has the focus; without one the dialog itself, never its close button.
    (dialog?.querySelector<HTMLElement>('[data-first]') ?? dialog)?.focus();
    return () => {
      dialog?.close();
      before?.focus?.();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it; the keyboard has Escape
    <dialog
      ref={ref}
      tabIndex={-1}
      className={`dialog dialog-${size}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      {bare ? (
        <h2 id={titleId} className="unseen">
          {title}
        </h2>
      ) : (
        <div className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <IconButton icon={X} label="Close" onClick={onClose} />
        </div>
      )}
      {bare ? children : <div className="dialog-body">{children}</div>}
    </dialog>
  );
}
