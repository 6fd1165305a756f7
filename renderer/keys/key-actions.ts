// From a key press to what a screen does: one listener for the window; screens say what an action
// means while they are shown.
import { useEffect, useRef } from 'react';
import type { KeyAction } from '../../contract/settings.ts';
import { overlay } from '../data/overlays.ts';
import { useSettings } from '../data/settings.ts';
import { createStore } from '../data/store.ts';
import { chordFromEvent } from './chord.ts';
import { actionOf, chordOf, isHeld, type KeyBindings } from './key-table.ts';

export type KeyHandlers = Partial<Record<KeyAction, () => void>>;
type Layer = { current: KeyHandlers };

/** Screens that handle keys, the topmost last. */
const layers: Layer[] = [];
/** Changes when a screen comes or goes, so that the palette knows what can be done now. */
export const layersChanged = createStore(0);

/** Runs the topmost handler of an action; false when none is there. */
export function runAction(action: KeyAction): boolean {
  const handler = layers.findLast((layer) => layer.current[action])?.current[action];
  handler?.();
  return handler !== undefined;
}

export const canRun = (action: KeyAction): boolean => layers.some((layer) => layer.current[action]);

/** While the component is shown, these actions do this. */
export function useKeyActions(handlers: KeyHandlers): void {
  const layer = useRef<KeyHandlers>(handlers);
  layer.current = handlers;
  useEffect(() => {
    layers.push(layer);
    layersChanged.set((n) => n + 1);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      layersChanged.set((n) => n + 1);
    };
  }, []);
}

/** Keys that no action has and that the case gives a meaning: the tags'. The topmost screen says which. */
type Others = { current: (chord: string) => (() => void) | undefined };
const others: Others[] = [];

/** While the component is shown, a key that no action has does what `find` gives for it. */
export function useOtherKeys(find: Others['current']): void {
  const layer = useRef(find);
  layer.current = find;
  useEffect(() => {
    others.push(layer);
    return () => void others.splice(others.indexOf(layer), 1);
  }, []);
}

/** Runs it, once for a key that is held; false where the key means nothing. */
function runOther(chord: string, { repeat }: Pick<KeyboardEvent, 'repeat'>): boolean {
  const run = others.at(-1)?.current(chord);
  if (run && !repeat) run();
  return run !== undefined;
}

const TYPED_INTO =
  'input[type=text], input[type=search], input[type=number], input[type=password], input:not([type]), textarea, select, [contenteditable]';

/** What Enter or the space bar presses, and what arrows move within. */
const PRESSED = 'button, a, input, summary, [role=button], [role=slider], [role=tab], [role=menuitem]';
const MOVED_IN = 'input[type=radio], input[type=range], [role=slider], [role=tab], [role=menuitem]';

/**
 * Typing and native controls come first: letters belong to a text field, Enter to the button that
 * has the focus, arrows to a control that has a use for them. A button has none: half of the keys
 * would be dead, and an opinion would fall on a face one did not go to.
 */
function belongsToFocus(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target?.closest) return false;
  const chordHasMod = event.ctrlKey || event.metaKey;
  const isEditing = chordHasMod && ['a', 'c', 'v', 'x', 'z', 'y', ' '].includes(event.key.toLowerCase());
  if (target.closest(TYPED_INTO)) return isEditing || (!chordHasMod && event.key !== 'Escape');
  if (event.key === 'Enter' || event.key === ' ') return target.closest(PRESSED) !== null;
  const moves = event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End';
  return moves && target.closest(MOVED_IN) !== null;
}

export function listenForKeys(bindings: () => KeyBindings): () => void {
  const onKey = (event: KeyboardEvent): void => {
    // An open tooltip takes Escape for itself, and is none of the examiner's business.
    const byTooltip = event.key === 'Escape' && document.querySelector('.tooltip') !== null;
    if (event.defaultPrevented && !byTooltip) return;
    if (overlay.get() !== null || document.querySelector('dialog[open]')) return;
    // A button is pressed once by a held Enter as well.
    const isHeldEnter = event.repeat && event.key === 'Enter';
    if (isHeldEnter && (event.target as HTMLElement | null)?.closest?.('button')) {
      event.preventDefault();
      return;
    }
    if (belongsToFocus(event)) return;
    const chord = chordFromEvent(event);
    const action = chord && actionOf(chord, bindings());
    if (action ? isHeld(action, event) || runAction(action) : chord && runOther(chord, event)) event.preventDefault();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

/** The chord of an action as the examiner has it. */
export const useChord = (action: KeyAction): string => chordOf(action, useSettings().keys);
