// What the import dialog declares of a checkpoint by itself: never another class than its authors'.
import { expect, test } from 'vitest';
import type { WeightsFacts } from '../../../contract/model.ts';
import { type Declaration, declarationFrom } from './declaration-fields.tsx';
import { shownDeclaration } from './shown-declaration.ts';

const EMPTY: Declaration = { name: '', inputPx: '', cropRecipe: '', classMap: '', licence: '' };
const factsOf = (forged: 0 | 1 | null, inputPx: number | null = 224): WeightsFacts =>
  ({ inputPx, usual: { inputPx: 299, cropRecipe: 'square-1.3', licence: '', forged } }) as WeightsFacts;

test.each([
  [1, 'forged', { genuine: 0, forged: 1 }],
  [0, 'genuine', { genuine: 1, forged: 0 }],
  [null, '', undefined],
] as const)('class %s forged by its authors: the field says %j, and so does what is sent', (forged, shown, sent) => {
  const declaration = shownDeclaration(EMPTY, factsOf(forged));
  expect(declaration.classMap).toBe(shown);
  expect(declarationFrom(declaration).classMap).toEqual(sent);
});

test('what is typed stands before what the file says; a size that it does not state stays open', () => {
  const typed = shownDeclaration({ ...EMPTY, inputPx: '128', classMap: 'forged' }, factsOf(0));
  expect(typed).toMatchObject({ inputPx: '128', classMap: 'forged', cropRecipe: 'square-1.3' });
  expect(shownDeclaration(EMPTY, factsOf(1, null)).inputPx).toBe('');
});
