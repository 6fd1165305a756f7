import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { contract } from '../contract/procedures.ts';
import { contractReference } from './contract-reference.ts';

test('the reference names every procedure of the contract', () => {
  const names = Object.entries(contract).flatMap(([group, members]) =>
    Object.keys(members).map((name) => `${group}.${name}`),
  );
  const reference = contractReference();
  expect(names.filter((name) => !reference.includes(`### \`${name}\``))).toEqual([]);
});

test('the document is the contract as it is', () => {
  const document = readFileSync(path.resolve(import.meta.dirname, '../docs/contract.md'), 'utf8');
  expect(document).toBe(contractReference());
});
