import { expect, test } from 'vitest';
import { keyActionSchema } from '../../contract/settings.ts';
import { chordFromEvent, keysFromChord } from './chord.ts';
import { actionOf, chordOf, isHeld, KEY_ACTIONS, KEY_TABLE, rebind, whyNotBound } from './key-table.ts';

const press = (
  key: string,
  modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
  code = '',
) => chordFromEvent({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers });

test('every action has its row, and no two have the same key', () => {
  expect(new Set(KEY_ACTIONS)).toEqual(new Set(keyActionSchema.options));
  const chords = KEY_ACTIONS.map((action) => KEY_TABLE[action].chord);
  expect(new Set(chords).size).toBe(chords.length);
});

test('what writes in the record is done once for a key that is held, and moving is repeated', () => {
  const passedOver = KEY_ACTIONS.filter((action) => isHeld(action, { repeat: true }));
  expect(passedOver).toEqual(
    KEY_ACTIONS.filter((action) => /^(opinion\.|note\.|undo$|tag\.|stability\.|persons\.)/.test(action)),
  );
  expect(KEY_ACTIONS.filter((action) => isHeld(action, { repeat: false }))).toEqual([]);
});

test('a chord is told by what is printed on the key, with shift only where it does not show', () => {
  expect(press('f')).toBe('f');
  expect(press('F', { shiftKey: true })).toBe('Shift+f');
  expect(press('?', { shiftKey: true })).toBe('?');
  expect(press('+', { shiftKey: true })).toBe('+');
  expect(press('k', { ctrlKey: true })).toBe('Mod+k');
  expect(press('k', { metaKey: true })).toBe('Mod+k');
  expect(press('ArrowDown', { altKey: true, shiftKey: true })).toBe('Alt+Shift+ArrowDown');
  expect(press('Shift', { shiftKey: true })).toBeUndefined();
  expect(keysFromChord('Mod++')).toEqual(['Ctrl', '+']);
  expect(keysFromChord('+')).toEqual(['+']);
});

test('an action has the key it was given, and giving its own back leaves nothing', () => {
  const changed = rebind({}, 'opinion.forged', 'j');
  expect(actionOf('j', changed)).toBe('opinion.forged');
  expect(actionOf('f', changed)).toBeUndefined();
  expect(rebind(changed, 'opinion.forged', 'f')).toEqual({});
});

test('no key is taken from another action', () => {
  expect(whyNotBound({}, 'opinion.forged', 'g')).toBe('“Opinion: genuine” has this key. Give that another one first.');
  expect(whyNotBound({}, 'opinion.forged', 'f')).toBeUndefined();
  expect(whyNotBound({ 'opinion.genuine': 'j' }, 'opinion.forged', 'g')).toBeUndefined();
});

test('what writes to the record has no key that leaves, presses or moves, also where settings of before say so', () => {
  const reserved = ['Escape', 'Enter', 'Space', 'Shift+Enter', 'ArrowDown', 'Mod+ArrowLeft', 'Home', 'PageDown'];
  for (const action of KEY_ACTIONS.filter((one) => KEY_TABLE[one].writes))
    for (const chord of reserved) {
      expect(whyNotBound({}, action, chord)).toMatch(/writes to the record/);
      expect(chordOf(action, { [action]: chord })).toBe(KEY_TABLE[action].chord);
    }
  expect(whyNotBound({ 'inspect.open': 'j' }, 'grid.refresh', 'Enter')).toBeUndefined();
});

test('on a keyboard of another script a key is told by its place (case 5)', () => {
  // Russian, Greek, Hebrew and Arabic, where a Latin keyboard has F; Persian digits; the brackets
  // of a Russian keyboard are letters.
  for (const key of ['а', 'φ', 'כ', 'ب']) expect(press(key, {}, 'KeyF')).toBe('f');
  expect(press('А', { shiftKey: true }, 'KeyF')).toBe('Shift+f');
  expect(press('л', { ctrlKey: true }, 'KeyK')).toBe('Mod+k');
  expect(press('۲', {}, 'Digit2')).toBe('2');
  expect([press('х', {}, 'BracketLeft'), press('ъ', {}, 'BracketRight')]).toEqual(['[', ']']);
  // What is Latin is told by what is printed, wherever it lies: A on a French keyboard, Z on a
  // German one.
  expect([press('a', {}, 'KeyQ'), press('z', {}, 'KeyY'), press('é', {}, 'Digit2')]).toEqual(['a', 'z', 'é']);
});
