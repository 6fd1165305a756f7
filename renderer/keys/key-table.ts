// Every key of the window, in one table: the handler, the `?` sheet, the palette, the settings and
// the tooltips read it.
import type { KeyAction } from '../../contract/settings.ts';

export type KeyGroup = 'Opinion' | 'Tags' | 'Moving' | 'Inspecting' | 'Video' | 'Screens' | 'Everywhere';
/**
 * `writes`: it enters something in the record, or opens what does. Once for each press: a held key
 * does not repeat it.
 */
export type KeyRow = { label: string; group: KeyGroup; chord: string; writes?: true };

export const KEY_TABLE: Readonly<Record<KeyAction, KeyRow>> = {
  'opinion.genuine': { label: 'Opinion: genuine', group: 'Opinion', chord: 'g', writes: true },
  'opinion.forged': { label: 'Opinion: forged', group: 'Opinion', chord: 'f', writes: true },
  'opinion.inconclusive': { label: 'Opinion: inconclusive', group: 'Opinion', chord: 'i', writes: true },
  'opinion.notAFace': { label: 'Opinion: not a face', group: 'Opinion', chord: 'x', writes: true },
  'opinion.withdraw': { label: 'Withdraw your opinion', group: 'Opinion', chord: 'w', writes: true },
  'note.edit': { label: 'Opinion with a note', group: 'Opinion', chord: 'n', writes: true },
  undo: { label: 'Undo the last opinion', group: 'Opinion', chord: 'u', writes: true },
  'tag.edit': { label: 'Tag what is selected', group: 'Tags', chord: 'l', writes: true },
  'tag.undo': { label: 'Undo the last tagging', group: 'Tags', chord: 'Shift+u', writes: true },
  'grid.next': { label: 'Next face', group: 'Moving', chord: 'ArrowRight' },
  'grid.previous': { label: 'Previous face', group: 'Moving', chord: 'ArrowLeft' },
  'grid.down': { label: 'Row below', group: 'Moving', chord: 'ArrowDown' },
  'grid.up': { label: 'Row above', group: 'Moving', chord: 'ArrowUp' },
  'grid.first': { label: 'First face', group: 'Moving', chord: 'Home' },
  'grid.last': { label: 'Last face', group: 'Moving', chord: 'End' },
  'grid.refresh': { label: 'Show new faces', group: 'Moving', chord: 'r' },
  'select.next': { label: 'Select the next face too', group: 'Moving', chord: 'Shift+ArrowRight' },
  'select.previous': { label: 'Select the previous face too', group: 'Moving', chord: 'Shift+ArrowLeft' },
  'select.down': { label: 'Select to the row below', group: 'Moving', chord: 'Shift+ArrowDown' },
  'select.up': { label: 'Select to the row above', group: 'Moving', chord: 'Shift+ArrowUp' },
  'select.toggle': { label: 'Into the selection, or out of it', group: 'Moving', chord: 'Mod+Space' },
  'select.all': { label: 'Select all that the filter shows', group: 'Moving', chord: 'Mod+a' },
  'filter.focus': { label: 'Filter by file name', group: 'Moving', chord: '/' },
  'inspect.open': { label: 'Inspect the face', group: 'Inspecting', chord: 'Enter' },
  'inspect.close': { label: 'Back to the faces', group: 'Inspecting', chord: 'Escape' },
  'inspect.mode': { label: 'Next way of comparing', group: 'Inspecting', chord: 'm' },
  'inspect.photograph': { label: 'The whole photograph', group: 'Inspecting', chord: 'p' },
  'inspect.zoomIn': { label: 'Zoom in', group: 'Inspecting', chord: '+' },
  'inspect.zoomOut': { label: 'Zoom out', group: 'Inspecting', chord: '-' },
  'inspect.fit': { label: 'Fit to the window', group: 'Inspecting', chord: '0' },
  'stability.selected': { label: 'Stability of the selected faces', group: 'Inspecting', chord: 'b', writes: true },
  'stability.leaning': { label: 'Stability of all that lean', group: 'Inspecting', chord: 'Shift+b', writes: true },
  'persons.find': { label: 'Find this face', group: 'Inspecting', chord: 'y', writes: true },
  'persons.groups': { label: 'Groups of faces', group: 'Inspecting', chord: 'Shift+y', writes: true },
  'copies.find': { label: 'Near copies of this picture', group: 'Inspecting', chord: 'c' },
  'video.play': { label: 'Play or pause', group: 'Video', chord: 'Space' },
  'video.in': { label: 'Mark in', group: 'Video', chord: '[' },
  'video.out': { label: 'Mark out', group: 'Video', chord: ']' },
  'video.suspicious': { label: 'Highest-scoring frame', group: 'Video', chord: 's' },
  'view.cases': { label: 'Cases', group: 'Screens', chord: '1' },
  'view.grid': { label: 'Faces', group: 'Screens', chord: '2' },
  'view.video': { label: 'Videos', group: 'Screens', chord: 'v' },
  'view.scan': { label: 'Scan', group: 'Screens', chord: '3' },
  'view.report': { label: 'Report', group: 'Screens', chord: '4' },
  'view.models': { label: 'Models', group: 'Screens', chord: '5' },
  'view.training': { label: 'Training', group: 'Screens', chord: 't' },
  'view.activity': { label: 'Activity', group: 'Screens', chord: '6' },
  'view.settings': { label: 'Settings', group: 'Screens', chord: '7' },
  'palette.open': { label: 'Command palette', group: 'Everywhere', chord: 'Mod+k' },
  'help.open': { label: 'Keys', group: 'Everywhere', chord: '?' },
};

export const KEY_ACTIONS = Object.keys(KEY_TABLE) as KeyAction[];
export const KEY_GROUPS: readonly KeyGroup[] = [
  'Opinion',
  'Tags',
  'Moving',
  'Inspecting',
  'Video',
  'Screens',
  'Everywhere',
];

export type KeyBindings = Readonly<Partial<Record<KeyAction, string>>>;

/** Keys of the hand that moves, leaves and presses: whoever uses them means to write nothing. */
const WRITES_NOTHING = /(?:^|\+)(?:Escape|Enter|Space|Tab|Home|End|PageUp|PageDown|Arrow\w+)$/;

/** Why an action cannot have a chord, as a sentence; undefined where it can. */
export function whyNotBound(bindings: KeyBindings, action: KeyAction, chord: string): string | undefined {
  const { label, writes } = KEY_TABLE[action];
  if (writes && WRITES_NOTHING.test(chord))
    return `“${label}” writes to the record: Esc, Enter, the space bar and the keys that move cannot be its key.`;
  const holder = actionOf(chord, bindings);
  if (holder && holder !== action) return `“${KEY_TABLE[holder].label}” has this key. Give that another one first.`;
  return undefined;
}

/** The chord of an action under these bindings; empty when it has none. */
export function chordOf(action: KeyAction, bindings: KeyBindings): string {
  const { chord, writes } = KEY_TABLE[action];
  const bound = bindings[action];
  // An earlier version let an action that writes take them.
  return bound === undefined || (writes && WRITES_NOTHING.test(bound)) ? chord : bound;
}

/** The action a chord stands for. */
export const actionOf = (chord: string, bindings: KeyBindings): KeyAction | undefined =>
  KEY_ACTIONS.find((action) => chordOf(action, bindings) === chord);

/** True where a key press is to be passed over: a held key would record on every face it passes. */
export const isHeld = (action: KeyAction, { repeat }: Pick<KeyboardEvent, 'repeat'>): boolean =>
  repeat && KEY_TABLE[action].writes === true;

/** Bindings with `action` on `chord`. Only differences from the table are kept. */
export function rebind(bindings: KeyBindings, action: KeyAction, chord: string): KeyBindings {
  const next: Partial<Record<KeyAction, string>> = { ...bindings, [action]: chord };
  for (const one of KEY_ACTIONS) if (next[one] === KEY_TABLE[one].chord) delete next[one];
  return next;
}
