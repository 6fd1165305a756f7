// What is said of a file is data: every kind has its words, and what an earlier version wrote in
// words stands.
import { expect, test } from 'vitest';
import * as z from 'zod';
import { heldJpegRemarkSchema, type JpegRemark } from './provenance.ts';
import { heldRemarkSchema, heldWhyIncompleteSchema, type Remark, type WhyIncomplete } from './remark.ts';
import { incompleteWords, jpegRemarkWords, remarkWords } from './remark-words.ts';
import { heldWhySchema, type WhyUnreadable } from './unreadable.ts';
import { unreadableWords } from './unreadable-words.ts';

type Json = {
  items?: Json;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Json[];
  oneOf?: Json[];
} & {
  properties?: Record<string, Json>;
};

/** Something that a schema takes: the first of several, numbers from 3 up. */
function sampleOf({ properties, ...schema }: Json, n = 3): unknown {
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first) return sampleOf(first, n);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.items) return [sampleOf(schema.items, n)];
  if (properties)
    return Object.fromEntries(Object.entries(properties).map(([name, of], i) => [name, sampleOf(of, n + i)]));
  const [type] = [schema.type].flat();
  return type === 'string' ? `text ${n}` : type === 'boolean' ? true : n;
}

/** One of each kind that a row may hold in place of a sentence. */
const samplesOf = <Said>(held: z.ZodType): Said[] =>
  (z.toJSONSchema(held) as unknown as { anyOf: [Json, { oneOf: Json[] }] }).anyOf[1].oneOf.map(
    (one) => sampleOf(one) as Said,
  );

const said: [string, unknown, z.ZodType, string][] = [
  ...samplesOf<WhyUnreadable>(heldWhySchema).map((message): [string, unknown, z.ZodType, string] => [
    ...([message.kind, message, heldWhySchema] as const),
    unreadableWords({ reason: 'corrupt', message }),
  ]),
  ...samplesOf<Remark>(heldRemarkSchema).map((remark): [string, unknown, z.ZodType, string] => [
    ...([remark.kind, remark, heldRemarkSchema] as const),
    remarkWords(remark),
  ]),
  ...samplesOf<WhyIncomplete>(heldWhyIncompleteSchema).map((why): [string, unknown, z.ZodType, string] => [
    ...([why.kind, why, heldWhyIncompleteSchema] as const),
    incompleteWords(why),
  ]),
  ...samplesOf<JpegRemark>(heldJpegRemarkSchema).map((remark): [string, unknown, z.ZodType, string] => [
    ...([remark.kind, remark, heldJpegRemarkSchema] as const),
    jpegRemarkWords(remark),
  ]),
];

test.each(said)('%s has its words, with all that belongs to it', (_, data, schema, words) => {
  expect(schema.parse(data)).toEqual(data);
  expect(words).toMatch(/^[A-Zt\d].*[\w.)]$/s);
  expect(words).not.toMatch(/undefined|NaN|\[object/);
});

test('what an earlier version wrote stands, and a kind of a later one is named', () => {
  expect(unreadableWords({ reason: 'corrupt', message: 'It is torn.' })).toBe('It is torn.');
  const later = { kind: 'constructor' } as unknown as WhyUnreadable;
  expect(unreadableWords({ reason: 'corrupt', message: later })).toBe('constructor');
  expect(heldWhySchema.safeParse({ kind: 'boxTooShort' }).success).toBe(false);
  expect(remarkWords('Converted from CMYK')).toBe('Converted from CMYK');
  expect(remarkWords({ kind: 'toString' } as unknown as Remark)).toBe('toString');
  expect(incompleteWords('It ends.')).toBe('It ends.');
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

test('what is said of a further track names it', () => {
  const track = { stream: { index: 2, title: 'Rear' }, hidden: false };
  expect(remarkWords({ kind: 'ofTrack', track, remark: { kind: 'damagedFrames', frames: 4 } })).toBe(
    'Picture track of stream 2, “Rear”: 4 damaged frames are not examined',
  );
  const stream = { index: 0, title: '' };
  const why = { reason: 'noFrames', message: { kind: 'noFrame' } } as const;
  expect(remarkWords({ kind: 'trackUnreadable', which: 'hidden', stream, ...why })).toBe(
    'The frames that the edit list hides (stream 0) cannot be examined: Its video stream has no frame.',
  );
  expect(remarkWords({ kind: 'incomplete', why: { kind: 'shorter', statedMs: 9000, decodedMs: 4500 } })).toBe(
    'Incomplete: The file states 9.00 s; 4.50 s could be decoded. What was read is examined',
  );
});
