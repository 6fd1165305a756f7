// Key chords as text: `f`, `Shift+f`, `Mod+k`, `ArrowDown`. `Mod` is Ctrl, or Command on a Mac.

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process']);

/** The chord of a key press, or undefined for a modifier alone. Shift counts only where it does not already show in the character. */
export function chordFromEvent(event: KeyPress): string | undefined {
  if (MODIFIERS.has(event.key)) return undefined;
  const isLetter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
  const key = event.key === ' ' ? 'Space' : isLetter ? event.key.toLowerCase() : event.key;
  const shifted = event.shiftKey && (isLetter || event.key.length > 1);
  const mod = event.ctrlKey || event.metaKey;
  return [mod && 'Mod', event.altKey && 'Alt', shifted && 'Shift', key].filter(Boolean).join('+');
}

const isMac = (): boolean => /Mac/.test(globalThis.navigator?.userAgent ?? '');

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
};

/** The keys of a chord as they are printed on a keyboard. */
export function keysFromChord(chord: string): string[] {
  const parts =
    chord === '+' ? ['+'] : chord.endsWith('++') ? [...chord.slice(0, -2).split('+'), '+'] : chord.split('+');
  return parts.map((part) => {
    if (part === 'Mod') return isMac() ? '⌘' : 'Ctrl';
    return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}
