// JSON with one space of indentation and a line end, as JSON.stringify(value, null, 1) writes it,
// in parts: for files too long to be held whole. A value that is a function gives the items of a
// list, one by one as they are asked for.

/** The text of a value, in parts. */
export function* indentedParts(value: unknown): Generator<string, void, undefined> {
  yield* partsOf(value, '\n');
  yield '\n';
}

/** `line`: a line end and the indentation of what the value stands in. */
function* partsOf(value: unknown, line: string): Generator<string, void, undefined> {
  if (typeof value === 'function') yield* partsOfList(value(), line);
  else if (holdsList(value)) yield* partsOfRecord(value, line);
  // A line end inside a string is written as an escape: every one that is there is between two
  // tokens.
  else yield JSON.stringify(value, null, 1).replaceAll('\n', line);
}

const holdsList = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.values(value).some((one) => typeof one === 'function');

function* partsOfRecord(value: Record<string, unknown>, line: string): Generator<string, void, undefined> {
  let before = '{';
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    yield `${before}${line} ${JSON.stringify(key)}: `;
    yield* partsOf(one, `${line} `);
    before = ',';
  }
  yield `${line}}`;
}

function* partsOfList(items: Iterable<unknown>, line: string): Generator<string, void, undefined> {
  let before = '[';
  for (const item of items) {
    yield `${before}${line} `;
    yield* partsOf(item, `${line} `);
    before = ',';
  }
  yield before === '[' ? '[]' : `${line}]`;
}
