// JSON that is the same for the same value: keys sorted, no white space. What hashes are taken of.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../contract/brand.ts';

/** Canonical JSON of a plain value. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`)
    .join(',')}}`;
}

/** SHA-256 of a value's canonical JSON. */
export const hashOfValue = (value: unknown): Sha256 =>
  createHash('sha256').update(canonicalJson(value)).digest('hex') as Sha256;
