import { expect, test } from 'vitest';
import * as z from 'zod';
import { heldWhySchema, type WhyUnreadable } from './unreadable.ts';
import { unreadableWords } from './unreadable-words.ts';

type Json = { type?: string; const?: unknown; enum?: unknown[]; anyOf?: Json[]; oneOf?: Json[] } & {
  properties?: Record<string, Json>;
};

/** Something that a schema takes: the first of several, numbers from 3 up. */
function sampleOf({ properties, ...schema }: Json, n = 3): unknown {
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first) return sampleOf(first, n);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (properties)
    return Object.fromEntries(Object.entries(properties).map(([name, of], i) => [name, sampleOf(of, n + i)]));
  return schema.type === 'string' ? `text ${n}` : schema.type === 'boolean' ? true : n;
}

const [, kinds] = (z.toJSONSchema(heldWhySchema) as { anyOf: [Json, { oneOf: Json[] }] }).anyOf;
const samples = kinds.oneOf.map((schema) => sampleOf(schema) as WhyUnreadable);

test.each(samples)('$kind has its sentence, with all that belongs to it', (message) => {
  const words = unreadableWords({ reason: 'corrupt', message });
  expect(words).toMatch(/^[A-Zt\d].*[\w.]$/s);
  expect(words).not.toMatch(/undefined|NaN|\[object/);
  expect(heldWhySchema.parse(message)).toEqual(message);
});

test('what an earlier version wrote stands, and a kind of a later one is named', () => {
  expect(unreadableWords({ reason: 'corrupt', message: 'It is torn.' })).toBe('It is torn.');
  const later = { kind: 'constructor' } as unknown as WhyUnreadable;
  expect(unreadableWords({ reason: 'corrupt', message: later })).toBe('constructor');
  expect(heldWhySchema.safeParse({ kind: 'boxTooShort' }).success).toBe(false);
});

test('the system and the decoder are quoted behind a sentence of the reason', () => {
  const said = 'ENOENT: no such file';
  expect(unreadableWords({ reason: 'disappeared', message: { kind: 'systemSaid', said } })).toBe(
    'There is no file at this place (any more). The system says: ENOENT: no such file',
  );
  expect(unreadableWords({ reason: 'truncated', message: { kind: 'decoderSaid', said: 'premature end' } })).toBe(
    'The file ends before its picture does. The decoder says: premature end',
  );
  const why = { kind: 'containerUnreadable', said: 'no moov' } as const;
  expect(unreadableWords({ reason: 'corrupt', message: { kind: 'endedEarly', why, frames: 7, untilMs: 3500 } })).toBe(
    'The container cannot be read: no moov. Before that 7 frames up to 3.50 s were examined; what was found in them stands.',
  );
});
