// Ids as text: "3-7,9". Read from entries of a log that somebody else may have written, so that no
// text of them can make more of them than there are rows.

/** A first and a last id. */
export type Span = readonly [from: number, to: number];

/** The text of ascending ids. */
export function rangesFrom(ids: Iterable<number>): string {
  const spans: [number, number][] = [];
  for (const id of ids) {
    const last = spans.at(-1);
    if (last && last[1] === id - 1) last[1] = id;
    else spans.push([id, id]);
  }
  return spans.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/**
 * How many ids a text of ranges names, and the last of them; undefined for one that is not as
 * `rangesFrom` writes it.
 */
export function extentOf(ranges: unknown): { count: number; last: number } | undefined {
  if (typeof ranges !== 'string') return undefined;
  let [count, last] = [0, 0];
  for (const range of ranges === '' ? [] : ranges.split(',')) {
    const [, first, end = first] = /^([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?$/.exec(range) ?? [];
    if (first === undefined || Number(first) <= last || Number(end) < Number(first)) return undefined;
    count += Number(end) - Number(first) + 1;
    last = Number(end);
  }
  return { count, last };
}

/** Spans of such a text, up to the last id there can be; what is no range, or goes back, is none. */
export function* spansFrom(ranges: unknown, last: number): Generator<Span, void, undefined> {
  let reached = 0;
  for (const range of typeof ranges === 'string' ? ranges.split(',') : []) {
    if (!/^\d+(-\d+)?$/.test(range)) continue;
    const [from, to = from] = range.split('-').map(Number) as [number, number?];
    if (from <= reached || to < from || from > last) continue;
    reached = Math.min(to, last);
    yield [from, reached];
  }
}

/** Those of ascending `ids` that such a text names: never more than there are. */
export function idsWithin(ranges: unknown, ids: readonly number[]): number[] {
  const named: number[] = [];
  let at = 0;
  for (const [from, to] of spansFrom(ranges, ids.at(-1) ?? 0)) {
    while (at < ids.length && ids[at]! < from) at += 1;
    for (; at < ids.length && ids[at]! <= to; at++) named.push(ids[at]!);
  }
  return named;
}

/** Spans of several texts, put together and in order. */
export function joinedSpans(texts: readonly unknown[], last: number): Span[] {
  const all = texts.flatMap((one) => [...spansFrom(one, last)]).sort(([a], [b]) => a - b);
  const joined: [number, number][] = [];
  for (const [from, to] of all) {
    const before = joined.at(-1);
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** What lies between 1 and `last` outside of joined spans. */
export function spansOutside(joined: readonly Span[], last: number): Span[] {
  const gaps: Span[] = [];
  let next = 1;
  for (const [from, to] of joined) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  return next <= last ? [...gaps, [next, last]] : gaps;
}
