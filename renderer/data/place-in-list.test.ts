import { expect, test } from 'vitest';
import type { VerdictId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import { FindingList, PAGE_ROWS } from './finding-list.ts';
import { placeInList } from './place-in-list.ts';

const rowOf = (id: number): Finding =>
  ({ verdictId: id, evidenceId: id, faceId: id, ownConclusion: null }) as unknown as Finding;
const all = Array.from({ length: 2 * PAGE_ROWS }, (_, i) => rowOf(i + 1));
const open = () =>
  FindingList.open(
    async ({ offset, limit }) => ({
      total: all.length,
      offset,
      rows: all.slice(offset, offset + limit),
      newest: null,
      modelId: null,
    }),
    {},
    { by: 'added', direction: 'ascending' },
  );
const placeOf = async (_: FindingList, verdictId: VerdictId) => verdictId - 1;

test('the cursor goes to the face that is selected when the list is there, not to the one from before', async () => {
  let selected = rowOf(PAGE_ROWS + 3);
  const at = await placeInList(
    await open(),
    () => selected,
    async (list, id) => {
      // An opinion given while the place is asked for goes on to the next face.
      if (id === PAGE_ROWS + 3) selected = rowOf(PAGE_ROWS + 4);
      return placeOf(list, id);
    },
  );
  expect(at).toBe(PAGE_ROWS + 3);
});

test('a face of any page is found, and one that is not in the list leads to its beginning', async () => {
  const list = await open();
  expect(await placeInList(list, () => rowOf(7), placeOf)).toBe(6);
  expect(await placeInList(list, () => rowOf(PAGE_ROWS + 50), placeOf)).toBe(PAGE_ROWS + 49);
  expect(
    await placeInList(
      list,
      () => rowOf(9_999),
      async () => null,
    ),
  ).toBe(0);
  expect(await placeInList(list, () => undefined, placeOf)).toBe(0);
});
