// Settings of this installation (not of a case): appearance and keys.
import * as z from 'zod';

/** Every action a key can be bound to. */
export const keyActionSchema = z.enum([
  'opinion.genuine',
  'opinion.forged',
  'opinion.inconclusive',
  'opinion.notAFace',
  'opinion.withdraw',
  'grid.next',
  'grid.previous',
  'grid.down',
  'grid.up',
  'grid.first',
  'grid.last',
  'grid.refresh',
  'select.next',
  'select.previous',
  'select.down',
  'select.up',
  'select.toggle',
  'select.all',
  'filter.focus',
  'inspect.open',
  'inspect.close',
  'inspect.zoomIn',
  'inspect.zoomOut',
  'inspect.fit',
  'inspect.mode',
  'inspect.photograph',
  'stability.selected',
  'stability.leaning',
  'persons.find',
  'persons.groups',
  'copies.find',
  'video.play',
  'video.in',
  'video.out',
  'video.suspicious',
  'note.edit',
  'undo',
  'tag.edit',
  'tag.undo',
  'palette.open',
  'help.open',
  'view.grid',
  'view.video',
  'view.scan',
  'view.report',
  'view.models',
  'view.training',
  'view.settings',
  'view.activity',
  'view.cases',
]);
export type KeyAction = z.infer<typeof keyActionSchema>;

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Go to the next face after an opinion. */
  autoAdvance: z.boolean().default(true),
  tilePx: z.number().int().min(64).max(400).default(132),
  /** Key chords that differ from the defaults, e.g. { "opinion.forged": "f" }. */
  keys: z.partialRecord(keyActionSchema, z.string().max(40)).default({}),
});
export type Settings = z.infer<typeof settingsSchema>;
