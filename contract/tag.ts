// Tag: a mark that examiners put on results, to find them again. It has a name, a colour and perhaps
// a key of its own, and says nothing of genuine or forged: that is an opinion's.
import * as z from 'zod';
import { examinerIdSchema, tagIdSchema, verdictIdSchema } from './brand.ts';
import { findingFilterSchema, findingSchema } from './finding.ts';
import { MOST_AT_ONCE, subjectSchema } from './opinion.ts';
import { instantSchema } from './units.ts';

/** None of them is that of a leaning or of an opinion. */
export const tagColourSchema = z.enum(['blue', 'pink', 'yellow', 'brown', 'grey']);
export type TagColour = z.infer<typeof tagColourSchema>;

/** What a new tag is shown in: the first colour that the fewest others have. */
export const nextTagColour = (tags: readonly { colour: TagColour }[]): TagColour => {
  const uses = (colour: TagColour): number => tags.filter((one) => one.colour === colour).length;
  return tagColourSchema.options.reduce((best, one) => (uses(one) < uses(best) ? one : best));
};

/** In every case, whether it was used or not: what it is on can be shown with pictures in the report. */
export const SHORTLIST = 'Shortlist';

/** Tags that one case may have. */
export const MOST_TAGS = 60;

/** What a tag is called. It has a letter or a digit; capitals and spaces make no second tag. */
export const tagNameSchema = z
  .string()
  .max(60)
  .regex(/[\p{L}\p{N}]/u, 'a name has at least one letter or digit');

/** Of words that say what an opinion says, in several languages, how they begin. */
const OPINION_STEMS = new RegExp(
  `^(${[
    'genuin|authenti|inauthenti|fake|deepfake|faked|faking|counterfeit|manipul|tamper|doctored|falsif|synthe|faceswap',
    'forg(ed|er|ers|ery|eries|ing)$|(un)?echt(e|er|es)?$|gefälscht|fälschung|fals(ch|o|a|os|as)$|faux$|fausse|truqué',
  ].join('|')})`,
  'u',
);
const OPINION_WORDS: ReadonlySet<string> = new Set(['real', 'unreal', 'generated', 'inconclusive', 'bogus']);

/**
 * True of a name that says whether a face is forged, which is an opinion's alone to say. No list knows
 * every language: what is printed beside tags says that they are no opinions.
 */
export const saysOpinion = (name: string): boolean =>
  name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
    .some((word) => OPINION_STEMS.test(word) || OPINION_WORDS.has(word));

/** Said where a tag of such a name is refused. */
export const NO_OPINION_BY_TAG = 'Whether a face is forged is said by an opinion, never by a tag. Choose another name.';

/** A letter or digit as it is printed on the key. An action that has the key goes first. */
export const tagKeySchema = z.string().regex(/^[a-z0-9]$/, 'a key is one small letter or one digit');

export const tagSchema = z.object({
  /** Null of the shortlist where it was never used. */
  id: tagIdSchema.nullable(),
  name: z.string(),
  colour: tagColourSchema,
  key: tagKeySchema.nullable(),
});
export type Tag = z.infer<typeof tagSchema>;

/** A tag as it is on one subject: who put it there, and when; more than one examiner may have. */
export const tagOnSchema = z.object({
  tagId: tagIdSchema,
  examinerId: examinerIdSchema,
  examinerName: z.string(),
  at: instantSchema,
});
export type TagOn = z.infer<typeof tagOnSchema>;

/** A face or a whole file; a tag is on no track. */
export const taggableSchema = subjectSchema.omit({ trackId: true });
export type Taggable = z.infer<typeof taggableSchema>;

/** What is tagged: named subjects, or all results of a filter up to the newest that its list knows. */
export const taggedSchema = z.union([
  z.object({ subjects: z.array(taggableSchema).min(1).max(MOST_AT_ONCE) }),
  z.object({ filter: findingFilterSchema, upTo: verdictIdSchema.optional() }),
]);
export type Tagged = z.infer<typeof taggedSchema>;

/**
 * What tagging came to. `changed`: subjects on which it changed something; 0 where nothing was entered.
 * `rows`: the grid's rows of those as they are now; none where they are more than may be named at once,
 * and the list is read again.
 */
export const taggingDoneSchema = z.object({
  tag: tagSchema,
  on: z.boolean(),
  changed: z.number().int().nonnegative(),
  subjects: z.number().int().nonnegative(),
  rows: z.array(findingSchema),
});
export type TaggingDone = z.infer<typeof taggingDoneSchema>;
