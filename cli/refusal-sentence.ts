// What the contract refuses, in one sentence: each value by the option a person typed where the
// command knows it, else by its field.

/** One refused value: where it stands in the input, and what was expected. The shape is zod's. */
export type Issue = { readonly path?: readonly PropertyKey[]; readonly message: string };

/**
 * `--bend: Too big: expected number to be <=0.2`. `options`: of a field's path, joined by dots, the
 * option that gives it.
 */
export const issuesSentence = (issues: readonly Issue[], options: ReadonlyMap<string, string> = new Map()): string =>
  issues.map(({ path = [], message }) => `${nameOf(path, options)}: ${message}`).join('; ');

/** An item of a list is refused by the option that gives the list. */
function nameOf(path: readonly PropertyKey[], options: ReadonlyMap<string, string>): string {
  const fields = path.map(String);
  const named = fields.map((_, i) => options.get(fields.slice(0, fields.length - i).join('.')));
  return named.find((option) => option !== undefined) ?? fields.join('.');
}
