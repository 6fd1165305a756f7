import { expect, test } from 'vitest';
import { nameAmong } from './model-name.ts';

const model = (digit: string, name: string) => ({ id: digit.repeat(64), name });

test('models of one name are told apart by their hash, others go by their name', () => {
  const models = [model('a', 'model_best'), model('b', 'model_best'), model('c', 'recce-lite')];
  expect(models.map((one) => nameAmong(one, models))).toEqual([
    'model_best · aaaaaaaa',
    'model_best · bbbbbbbb',
    'recce-lite',
  ]);
});
