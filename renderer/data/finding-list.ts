// The grid's rows: one filter and one order, read page by page and kept. A list stands still: what
// a scan adds after it was opened, and opinions given meanwhile, change its rows in place but never
// move them. Shared by the grid and the inspector.
import type { ModelId, VerdictId } from '../../contract/brand.ts';
import type { Finding, FindingFilter, FindingPage, FindingSort } from '../../contract/finding.ts';
import type { Subject } from '../../contract/opinion.ts';

/** Rows of one page. */
export const PAGE_ROWS = 200;

export type ReadPage = (request: {
  filter: FindingFilter;
  sort: FindingSort;
  offset: number;
  limit: number;
  upTo?: VerdictId;
}) => Promise<FindingPage>;

export class FindingList {
  /** As asked for; its pages are of `modelId` alone, whatever other models add meanwhile. */
  readonly filter: FindingFilter;
  readonly sort: FindingSort;
  readonly total: number;
  /** Whose results these are; null in a case without any. */
  readonly modelId: ModelId | null;
  readonly #read: ReadPage;
  /** What came after it is in none of its pages. */
  readonly newest: VerdictId | null;
  readonly #pages = new Map<number, Finding[]>();
  readonly #pending = new Map<number, Promise<void>>();
  /**
   * Indices of rows that no longer match the filter since an opinion was given or a tag taken off; the engine's pages
   * no longer count them.
   */
  readonly #departed = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #version = 0;

  private constructor(read: ReadPage, filter: FindingFilter, sort: FindingSort, first: FindingPage) {
    this.#read = read;
    this.filter = first.modelId === null ? filter : { ...filter, modelId: first.modelId };
    this.sort = sort;
    this.total = first.total;
    this.modelId = first.modelId;
    this.newest = first.newest;
    this.#pages.set(0, first.rows);
  }

  /** Reads the first page. */
  static async open(read: ReadPage, filter: FindingFilter, sort: FindingSort): Promise<FindingList> {
    return new FindingList(read, filter, sort, await read({ filter, sort, offset: 0, limit: PAGE_ROWS }));
  }

  /** The row at `index`, or undefined while its page is not here. */
  row(index: number): Finding | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Index of a row that has been read, or -1. */
  indexOf(verdictId: VerdictId): number {
    return this.#find((row) => row.verdictId === verdictId);
  }

  /**
   * Index of the first row that has been read of a face, or of a whole file; -1 where there is
   * none.
   */
  indexOfSubject({ evidenceId, faceId }: Subject): number {
    return this.#find((row) => row.evidenceId === evidenceId && row.faceId === faceId);
  }

  #find(isWanted: (row: Finding) => boolean): number {
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex(isWanted);
      if (at >= 0) return page * PAGE_ROWS + at;
    }
    return -1;
  }

  /** Rows still matching the filter, as far as this list knows. */
  get remaining(): number {
    return this.total - this.#departed.size;
  }

  /** Reads what is missing of rows `from` to `to`. */
  want(from: number, to: number): void {
    const last = Math.min(to, this.total - 1);
    for (let page = Math.floor(Math.max(0, from) / PAGE_ROWS); page * PAGE_ROWS <= last; page++)
      if (!this.#pages.has(page)) void this.#load(page);
  }

  /** Resolves to the row at `index`, reading its page if need be. */
  async get(index: number): Promise<Finding | undefined> {
    if (index < 0 || index >= this.total) return undefined;
    const page = Math.floor(index / PAGE_ROWS);
    if (!this.#pages.has(page)) await this.#load(page);
    return this.row(index);
  }

  /** Puts in place what is known anew of a subject: after an opinion. */
  patch(subject: Subject, change: (row: Finding) => Finding): void {
    for (const [page, rows] of this.#pages)
      rows.forEach((row, at) => {
        if (row.evidenceId !== subject.evidenceId || row.faceId !== subject.faceId) return;
        rows[at] = change(row);
        this.#noteDeparture(page * PAGE_ROWS + at, rows[at]);
      });
    this.#changed();
  }

  /** Puts rows in place as they are now: after opinions. */
  replace(rows: readonly Finding[]): void {
    const byId = new Map(rows.map((row) => [row.verdictId, row]));
    for (const [page, kept] of this.#pages)
      kept.forEach((row, at) => {
        const now = byId.get(row.verdictId);
        if (!now) return;
        kept[at] = now;
        this.#noteDeparture(page * PAGE_ROWS + at, now);
      });
    this.#changed();
  }

  readonly follow = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly version = (): number => this.#version;

  /** What this examiner calls no face is left out by itself, unless the filter asks for it. */
  #noteDeparture(index: number, { ownConclusion, tags: there }: Finding): void {
    const { ownConclusions, notAFace, tags } = this.filter;
    const own = ownConclusion ?? 'none';
    const isWanted = ownConclusions ? ownConclusions.includes(own) : own !== 'notAFace' || notAFace !== undefined;
    const isTagged = !tags || tags.some((one) => there.includes(one));
    if (isWanted && isTagged) this.#departed.delete(index);
    else this.#departed.add(index);
  }

  /** Reads a page; one that is on its way is waited for. */
  #load(page: number): Promise<void> {
    const loading = this.#pending.get(page) ?? this.#readPage(page);
    this.#pending.set(page, loading);
    return loading;
  }

  async #readPage(page: number): Promise<void> {
    const start = page * PAGE_ROWS;
    // Rows are decided only on pages that are here, so every departed row before this page is known
    // exactly.
    const departedBefore = [...this.#departed].filter((index) => index < start).length;
    try {
      const { rows } = await this.#read({
        filter: this.filter,
        sort: this.sort,
        offset: start - departedBefore,
        limit: PAGE_ROWS,
        ...(this.newest === null ? {} : { upTo: this.newest }),
      });
      this.#pages.set(page, rows);
    } catch {
      // The page stays missing; the next scroll or the engine's return asks for it again.
    } finally {
      this.#pending.delete(page);
      this.#changed();
    }
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
