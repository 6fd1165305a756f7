// What is said of a file that was read, as data: how its pixels came about, and what of the file
// was not looked at. Their words are in remark-words.ts.
import * as z from 'zod';
import { timeMsSchema } from './units.ts';
import { count, heldWhySchema, saidOf, sidesShape, unreadableReasonSchema } from './unreadable.ts';

const text = z.string();
/** Clockwise. */
const degrees = z.number();
const matrix = text;
/** As ITU-T H.273 names the curve. */
const transfer = text;
/** A picture stream of a film, with its title where it has one. */
const stream = z.object({ index: count, title: text });
export type StreamName = z.infer<typeof stream>;
/** A picture track, or the frames of it that the edit list hides. */
const track = z.object({ stream, hidden: z.boolean() });
export type TrackName = z.infer<typeof track>;

/** How a photograph's or a film's pixels came about. */
const OF_PIXELS = [
  saidOf('endingContradicts', { mediaType: text }),
  saidOf('turnedByExif', { orientation: count }),
  saidOf('turned', { degrees }),
  saidOf('mirrored', {}),
  saidOf('cropped', {}),
  /** Pixels per unit, whatever the unit. */
  saidOf('unequalResolution', { across: z.number(), down: z.number() }),
  saidOf('fromCmyk', {}),
  saidOf('fromBits', { bits: count }),
  saidOf('fromSamples', { type: text }),
  saidOf('laidOnBlack', {}),
  saidOf('profileApplied', {}),
  saidOf('decoderWarns', { said: text }),
  saidOf('endMarkerMissing', { otherBytes: count }),
  saidOf('scaledByStatedRange', { bits: count, isFloat: z.boolean(), from: z.number(), to: z.number() }),
  saidOf('narrowSamples', { bits: count }),
  saidOf('wideSamples', { bits: count }),
  saidOf('floatSamples', { to: z.number() }),
  saidOf('toneMapped', { transfer }),
  saidOf('curveNotConverted', { transfer }),
  saidOf('matrixAssumed', { matrix }),
  saidOf('coloursDisagree', {}),
  saidOf('coloursNotConverted', { primaries: text }),
  /** `by`: which part of the file states them. */
  saidOf('coloursNotApplied', { by: text, stated: text }),
  saidOf('flattenedByProfile', {}),
  saidOf('gainMapNotApplied', {}),
  /** Applied in full it shows nothing else. */
  saidOf('gainMapHeld', {}),
  /** Previews and other smaller copies of the picture, which show nothing else. */
  saidOf('copiesBeside', { pictures: count }),
  /** Auxiliary pictures that are not drawn: depth, mattes. */
  saidOf('planesBeside', { types: z.array(text) }),
  saidOf('tiles', { columns: count, rows: count, tile: z.object(sidesShape) }),
  saidOf('otherSizeStated', { stated: z.object(sidesShape), found: z.object(sidesShape) }),
] as const;

/** What of a photograph was not looked at. */
const LEFT_OUT_OF_A_PHOTOGRAPH = [
  saidOf('firstOfPages', { pages: count }),
  saidOf('firstOfPictures', { pictures: count }),
  saidOf('firstOfAnimation', { pictures: count }),
  saidOf('picturesFollow', {}),
  saidOf('largestOfIcon', { pictures: count }),
  saidOf('primaryOfPictures', { pictures: count }),
  saidOf('sequenceBeside', {}),
  saidOf('auxiliaryPictures', { types: z.array(text) }),
  /** Held against the picture, where it can be decoded. */
  saidOf('otherThumbnail', {}),
  saidOf('filmBehind', {}),
  saidOf('pictureBehind', {
    what: z.enum(['jpeg', 'png', 'gif', 'webp', 'film', 'heif', 'jpeg2000', 'jpegXl']),
    bytes: count,
  }),
  saidOf('bytesBehind', { bytes: count }),
  saidOf('hiddenByTransparency', { share: z.number() }),
  saidOf('otherOnLightGround', {}),
  saidOf('otherWithoutTransparency', {}),
  /** What is left of the coded pixels is `1 - share` of them. */
  saidOf('cutAway', { share: z.number() }),
  saidOf('severalCoded', { pictures: count }),
  saidOf('layers', {}),
  /** Parts of the file as their format names them; `more` that are not named. */
  saidOf('unknownParts', { names: z.array(text), more: count }),
  saidOf('rawPhotograph', {
    sensor: z.object(sidesShape).nullable(),
    picture: z.object({ coding: z.enum(['jpeg', 'tiff']), ...sidesShape }),
  }),
] as const;

/** Of a film, and what of it was not looked at. */
const OF_A_FILM = [
  saidOf('framesBehindDamage', { frames: count }),
  saidOf('clockJumps', { jumps: count, frame: count, atMs: timeMsSchema }),
  saidOf('rateAssumed', {}),
  saidOf('framesWithoutTimestamp', { frames: count }),
  saidOf('variableRate', {}),
  saidOf('stretched', { num: z.number(), den: z.number() }),
  saidOf('interlaced', {}),
  saidOf('hiddenFrames', { frames: count }),
  saidOf('trackPlace', {
    ...{ track, codec: text, firstFrame: count, lastFrame: z.number().int(), fromMs: timeMsSchema },
    ...sidesShape,
  }),
  saidOf('damagedFrames', { frames: count }),
  /** Times in which the film has no frame; the longest of them. */
  saidOf('timesWithoutFrames', { times: count, fromMs: timeMsSchema, toMs: timeMsSchema }),
  saidOf('opacityNotApplied', {}),
  /** Of a display matrix that is no quarter turn; clockwise. */
  saidOf('turnNotApplied', { degrees: z.number() }),
  saidOf('framesPassed', { lookedAt: z.number().int(), of: count }),
  saidOf('packetsBeforeFirst', { packets: count }),
  saidOf('packetsWithoutFrame', { packets: count }),
  saidOf('refusedPackets', { packets: count }),
  saidOf('coverPicture', { stream }),
  saidOf('unseenStream', { stream, what: z.enum(['attachment', 'subtitles']) }),
  saidOf('secondFilm', { bytes: count, inPieces: z.boolean() }),
  saidOf('bytesBehindFilm', { bytes: count }),
  /** In boxes that are to be passed over, or in the data of the film where no table speaks of them. */
  saidOf('bytesBesideFilm', { bytes: count }),
  saidOf('trackUnreadable', {
    which: z.enum(['first', 'further', 'hidden']),
    stream: stream.nullable(),
    reason: unreadableReasonSchema,
    message: heldWhySchema,
  }),
] as const;

/** Why not all of a film was read; what was read before is examined all the same. */
const WHY_INCOMPLETE = [
  /** With both lengths where the file states one. */
  saidOf('readingEnded', { said: text, statedMs: z.number().optional(), decodedMs: timeMsSchema.optional() }),
  saidOf('shorter', { statedMs: z.number(), decodedMs: timeMsSchema }),
  saidOf('fewerFrames', { stated: count, decoded: count }),
] as const;
const whyIncompleteSchema = z.discriminatedUnion('kind', WHY_INCOMPLETE);
export type WhyIncomplete = z.infer<typeof whyIncompleteSchema>;
/** As a row holds it. A sentence is what an earlier version wrote. See HeldWhySchema. */
export type HeldWhyIncomplete = string | WhyIncomplete;
export interface HeldWhyIncompleteSchema extends z.ZodType<HeldWhyIncomplete, HeldWhyIncomplete> {}
export const heldWhyIncompleteSchema: HeldWhyIncompleteSchema = z
  .union([z.string(), whyIncompleteSchema])
  .meta({ title: 'HeldWhyIncomplete' });

const plainRemarkSchema = z.discriminatedUnion('kind', [
  ...OF_PIXELS,
  ...LEFT_OUT_OF_A_PHOTOGRAPH,
  ...OF_A_FILM,
  saidOf('incomplete', { why: heldWhyIncompleteSchema }),
]);
/** What is said of the first track of a film, or of a photograph. */
export type PlainRemark = z.infer<typeof plainRemarkSchema>;

const anyRemarkSchema = z.discriminatedUnion('kind', [
  ...plainRemarkSchema.options,
  /** Of a further track. */
  saidOf('ofTrack', { track, remark: plainRemarkSchema }),
]);
export type Remark = z.infer<typeof anyRemarkSchema>;
export interface RemarkSchema extends z.ZodType<Remark, Remark> {}
export const remarkSchema: RemarkSchema = anyRemarkSchema.meta({ title: 'Remark' });

/** As a row holds it. A sentence is what an earlier version wrote. See HeldWhySchema. */
export type HeldRemark = string | Remark;
export interface HeldRemarkSchema extends z.ZodType<HeldRemark, HeldRemark> {}
export const heldRemarkSchema: HeldRemarkSchema = z.union([z.string(), remarkSchema]).meta({ title: 'HeldRemark' });
