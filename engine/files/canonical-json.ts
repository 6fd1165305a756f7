// JSON that is the same for the same value: keys sorted, no white space. What hashes are taken of.
// Also of what is too long to be held whole, in parts.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../contract/brand.ts';

/**
 * Canonical JSON of a plain value. Most of what an export costs is spent here, on numbers above
 * all.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const one = (value as Record<string, unknown>)[key];
    if (one !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(one)}`;
  }
  return `{${text}}`;
}

/**
 * Canonical JSON of an object in parts, which are the same text in a row. A value that is a
 * function gives the items of a list, one by one as they are asked for.
 */
export function* canonicalParts(value: Readonly<Record<string, unknown>>): Generator<string, void, undefined> {
  let before = '{';
  for (const key of Object.keys(value).sort()) {
    const one = value[key];
    if (one === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    if (typeof one === 'function') yield* partsOfList(one());
    else yield canonicalJson(one);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function* partsOfList(items: Iterable<unknown>): Generator<string, void, undefined> {
  let before = '[';
  for (const item of items) {
    yield before + canonicalJson(item ?? null);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** SHA-256 of a value's canonical JSON. */
export const hashOfValue = (value: unknown): Sha256 =>
  createHash('sha256').update(canonicalJson(value)).digest('hex') as Sha256;
