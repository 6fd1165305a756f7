// A modal dialog: the browser's own <dialog>, which holds the focus, makes the rest inert and closes on Escape.
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { IconButton } from './button.tsx';
import { createKeyGuard } from './key-guard.ts';

/** Keeps keys from a dialog while it is deaf to them; true for so long. Key releases and the pointer are not kept. */
function useDeaf(ref: RefObject<HTMLDialogElement | null>, guarded: boolean): boolean {
  const [deaf, setDeaf] = useState(guarded);
  useEffect(() => {
    if (!guarded) return;
    const guard = createKeyGuard();
    let timer: ReturnType<typeof setTimeout>;
    const check = (): void => {
      const left = guard.remaining();
      if (left > 0) timer = setTimeout(check, left);
      else setDeaf(false);
    };
    const keep = (event: KeyboardEvent): void => {
      if (!ref.current?.open || guard.hears()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', keep, true);
    check();
    return () => {
      clearTimeout(timer);
      window.removeEventListener('keydown', keep, true);
    };
  }, [guarded, ref]);
  return deaf;
}

export function Dialog({
  title,
  onClose,
  children,
  size = 'usual',
  bare,
  guarded = false,
}: {
  title: string;
  /** Asked by Escape, the button, and a click beside the dialog. */
  onClose: () => void;
  children: ReactNode;
  size?: 'usual' | 'wide' | 'large';
  /** Without the heading row; the title is still read out. */
  bare?: boolean;
  /** It records something: keys pressed before it was there are not heard (key-guard.ts). */
  guarded?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const deaf = useDeaf(ref, guarded);
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
      data-deaf={deaf || undefined}
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
