// Key chords as text: `f`, `Shift+f`, `Mod+k`, `ArrowDown`. `Mod` is Ctrl, or Command on a Mac.

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process']);

/** Keys that have a letter of another script on them where a Latin keyboard has a mark. */
const MARKS: Readonly<Record<string, string>> = {
  BracketLeft: '[',
  BracketRight: ']',
  Semicolon: ';',
  Quote: "'",
  Comma: ',',
  Period: '.',
  Slash: '/',
  Backquote: '`',
  Backslash: '\\',
};

/**
 * What a key stands for. A letter or digit that is not Latin (Cyrillic, Greek, Hebrew, Arabic)
 * stands for what a Latin keyboard has in its place: chords are letters of the Latin alphabet.
 */
function keyFrom({ key, code }: Pick<KeyPress, 'key' | 'code'>): string {
  if (key === ' ') return 'Space';
  const isForeign = [...key].length === 1 && /[\p{L}\p{M}\p{N}]/u.test(key) && !/[\p{Script=Latin}0-9]/u.test(key);
  if (!isForeign) return key;
  return /^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? MARKS[code] ?? key;
}

/**
 * The chord of a key press, or undefined for a modifier alone. Shift counts only where it does not
 * already show in the character.
 */
export function chordFromEvent(event: KeyPress): string | undefined {
  if (MODIFIERS.has(event.key)) return undefined;
  const named = keyFrom(event);
  const isLetter = named.length === 1 && named.toLowerCase() !== named.toUpperCase();
  const key = isLetter ? named.toLowerCase() : named;
  const shifted = event.shiftKey && (isLetter || named.length > 1);
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
