// A modal dialog: the browser's own <dialog>, which holds the focus, makes the rest inert and
// closes on Escape.
import { X } from 'lucide-react';
import {
  type KeyboardEvent as ReactKeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { IconButton } from './button.tsx';
import { createKeyGuard } from './key-guard.ts';

/**
 * Keeps keys from a dialog while it is deaf to them; true for so long. Key releases and the pointer
 * are not kept.
 */
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

/** Dialogs that are open, the topmost last. */
const openDialogs: HTMLDialogElement[] = [];

/** Escape is the topmost dialog's, before a tooltip over one of its buttons hears of it. */
function useEscape(ref: RefObject<HTMLDialogElement | null>, onClose: () => void): void {
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const dialog = ref.current!;
    openDialogs.push(dialog);
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || openDialogs.at(-1) !== dialog) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      latest.current();
    };
    window.addEventListener('keydown', listen, true);
    return () => {
      openDialogs.splice(openDialogs.indexOf(dialog), 1);
      window.removeEventListener('keydown', listen, true);
    };
  }, [ref]);
}

export function Dialog({
  title,
  onClose,
  children,
  size = 'usual',
  bare,
  guarded = false,
  onKeyDown,
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
  onKeyDown?: (event: ReactKeyboardEvent) => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const deaf = useDeaf(ref, guarded);
  useEscape(ref, onClose);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement as HTMLElement | null;
    if (!dialog?.open) dialog?.showModal();
    // The field marked `data-first` has the focus; without one the dialog itself, never its close
    // button.
    const first = dialog?.querySelector<HTMLElement>('[data-first]') ?? dialog;
    first?.focus();
    // Where words were begun, they are gone on with.
    if (first instanceof HTMLTextAreaElement) first.setSelectionRange(first.value.length, first.value.length);
    return () => {
      dialog?.close();
      before?.focus?.();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      tabIndex={-1}
      className={`dialog dialog-${size}`}
      aria-labelledby={titleId}
      data-deaf={deaf || undefined}
      onKeyDown={onKeyDown}
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
