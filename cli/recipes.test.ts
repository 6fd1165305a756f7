// The recipes of this repository are such as `recce model make` reads.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { recipeSchema } from '../contract/recipe.ts';
import { sourcesOf } from '../contract/training.ts';

const models = path.resolve(import.meta.dirname, '../models');
const recipes = globSync(['weights/recipe.json', 'recipes/*.json'], { cwd: models });

test.each(recipes)('%s is a recipe, and each run of it learns from what can be forged or is labelled', (file) => {
  const recipe = recipeSchema.strict().parse(JSON.parse(readFileSync(path.join(models, file), 'utf8')));
  for (const { data } of [recipe.train, ...recipe.trainOn])
    for (const { folder } of data ? sourcesOf(data) : []) expect(folder).toMatch(/^[\w-]+$/);
});

test.each(recipes)('%s in the words of before is the same recipe', (file) => {
  const text = readFileSync(path.join(models, file), 'utf8');
  const before = text.replaceAll('"schedule":', '"fall":').replaceAll('"shapeJitter":', '"bend":');
  expect(before).not.toBe(text);
  expect(recipeSchema.parse(JSON.parse(before))).toEqual(recipeSchema.parse(JSON.parse(text)));
});

test('there is the recipe of what is shipped, and at least one to make another by', () => {
  expect(recipes.length).toBeGreaterThan(1);
});
