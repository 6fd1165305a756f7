import { expect, test } from 'vitest';
import { whyNoUndo } from './undo-place.ts';

test('a key undoes only where a face is on screen: in no empty list, no list of videos, and not while it is read', () => {
  const shown = { takesOpinions: true, row: true };
  for (const view of ['faces', 'inspect', 'video'] as const) {
    expect(whyNoUndo(view, shown)).toBeUndefined();
    expect(whyNoUndo(view, { takesOpinions: false, row: true })).toContain('no face is shown here');
  }
  expect(whyNoUndo('faces', { takesOpinions: true, row: false })).toContain('no face is shown here');
  expect(whyNoUndo('report', shown)).toContain('undo on Faces or Videos');
});
