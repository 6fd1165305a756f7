// The list against a stand-in of the engine's pages that filters, orders and pages for real.
import { expect, test } from 'vitest';
import type { ModelId } from '../../contract/brand.ts';
import type { Finding, FindingPage } from '../../contract/finding.ts';
import { FindingList, PAGE_ROWS, type ReadPage } from './finding-list.ts';

const rowOf = (id: number): Finding =>
  ({ verdictId: id, evidenceId: id, faceId: id, relativePath: `${id}.jpg`, ownConclusion: null }) as unknown as Finding;

function table(count: number) {
  const rows = Array.from({ length: count }, (_, i) => rowOf(i + 1));
  const asked: Parameters<ReadPage>[0][] = [];
  let shown: ModelId | null = null;
  const read: ReadPage = async (request) => {
    asked.push(request);
    const { filter, offset, limit, upTo } = request;
    const wanted = filter.ownConclusions;
    const matching = rows.filter(
      (row) =>
        (upTo === undefined || row.verdictId <= upTo) && (!wanted || wanted.includes(row.ownConclusion ?? 'none')),
    );
    return {
      total: matching.length,
      offset,
      rows: matching.slice(offset, offset + limit).map((row) => ({ ...row })),
      newest: rows.at(-1)!.verdictId,
      modelId: shown,
    } as FindingPage;
  };
  const decide = (id: number) => {
    rows[id - 1]!.ownConclusion = 'forged';
  };
  const add = () => rows.push(rowOf(rows.length + 1));
  const anotherModel = (id: ModelId) => (shown = id);
  return { read, asked, decide, add, anotherModel };
}

const SORT = { by: 'added', direction: 'ascending' } as const;
const idAt = async (list: FindingList, index: number) => (await list.get(index))?.verdictId;

test('pages are read when they are wanted, once', async () => {
  const { read, asked } = table(3 * PAGE_ROWS);
  const list = await FindingList.open(read, {}, SORT);
  expect(list.total).toBe(3 * PAGE_ROWS);
  list.want(PAGE_ROWS + 5, PAGE_ROWS + 10);
  list.want(PAGE_ROWS + 5, PAGE_ROWS + 10);
  expect(await idAt(list, PAGE_ROWS + 7)).toBe(PAGE_ROWS + 8);
  expect(asked.filter(({ offset }) => offset === PAGE_ROWS)).toHaveLength(1);
  expect(list.row(2 * PAGE_ROWS)).toBeUndefined();
});

test('later pages are of the model of the first, whatever model has most by then', async () => {
  const { read, asked, anotherModel } = table(2 * PAGE_ROWS);
  anotherModel('a'.repeat(64) as ModelId);
  const list = await FindingList.open(read, {}, SORT);
  anotherModel('b'.repeat(64) as ModelId);
  await list.get(PAGE_ROWS);
  expect(list.modelId).toBe('a'.repeat(64));
  expect(asked.at(-1)!.filter).toEqual({ modelId: 'a'.repeat(64) });
});

test('what a scan adds neither moves rows nor appears in later pages', async () => {
  const { read, add } = table(PAGE_ROWS + 10);
  const list = await FindingList.open(read, {}, SORT);
  for (let i = 0; i < 50; i++) add();
  expect(await idAt(list, PAGE_ROWS + 9)).toBe(PAGE_ROWS + 10);
  expect(await list.get(PAGE_ROWS + 10)).toBeUndefined();
});

test('rows decided under "no opinion yet" stay where they are, and the pages after them miss none', async () => {
  const { read, decide } = table(3 * PAGE_ROWS);
  const list = await FindingList.open(read, { ownConclusions: ['none'] }, SORT);
  for (const id of [3, 7, 9]) {
    decide(id);
    list.patch(rowOf(id), (row) => ({ ...row, ownConclusion: 'forged' }));
  }
  expect(list.row(2)?.ownConclusion).toBe('forged');
  expect(list.remaining).toBe(3 * PAGE_ROWS - 3);
  expect(await idAt(list, PAGE_ROWS)).toBe(PAGE_ROWS + 1);
  expect(await idAt(list, 3 * PAGE_ROWS - 1)).toBe(3 * PAGE_ROWS);
  expect(list.indexOf(rowOf(PAGE_ROWS + 1).verdictId)).toBe(PAGE_ROWS);
});
