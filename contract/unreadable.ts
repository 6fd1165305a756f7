// Why a file could not be read, as data: a kind with its numbers and names. What a library or the
// system says of it is quoted as it was said (`said`). Their words are in unreadable-words.ts.
import * as z from 'zod';
import { timeMsSchema } from './units.ts';

/**
 * Why a file could not be read. Closed list: each has its sentence in the grid and in the report.
 */
export const unreadableReasonSchema = z.enum([
  'empty',
  'truncated',
  'corrupt',
  'unsupportedFormat',
  'codecMissing',
  'tooLarge',
  'permissionDenied',
  'notARegularFile',
  'outsideFolder',
  'disappeared',
  'nameNotUnicode',
  'changedWhileRead',
  'decoderCrashed',
  'decoderTimedOut',
  'noVideoStream',
  'noFrames',
  /** No failure: its files have rows of their own. */
  'archive',
  /** Found only in cases made before videos were read. */
  'videoNotYetSupported',
]);
export type UnreadableReason = z.infer<typeof unreadableReasonSchema>;

/** True of an archive that was gone into; of a state or an outcome. */
export const isArchive = (one: { kind: string; reason?: unknown }): boolean =>
  one.kind === 'unreadable' && one.reason === ('archive' satisfies UnreadableReason);

/** What is said, by its kind, with the numbers and names of it. */
export const saidOf = <K extends string, S extends z.core.$ZodShape>(kind: K, shape: S) =>
  z.object({ kind: z.literal(kind), ...shape });

export const count = z.number().int().nonnegative();
export const sidesShape = { widthPx: count, heightPx: count };
const text = z.string();
/** Of a photograph, or of the frames of a film. */
const of = z.enum(['photograph', 'film']);
/** Samples of a TIFF. */
const samplesShape = { bits: count, isFloat: z.boolean() };

/** What is wrong with a file as it lies on its disk. */
const WITH_THE_FILE = [
  saidOf('empty', {}),
  saidOf('linkOutOfFolder', {}),
  saidOf('notRegularNotOpened', {}),
  saidOf('notPermitted', {}),
  saidOf('notThere', {}),
  saidOf('nameNotUnicode', {}),
  saidOf('notRegular', {}),
  saidOf('changedWhileRead', {}),
  saidOf('placeNotSaid', {}),
  saidOf('moreBytesThanLimit', { bytes: count, limit: count }),
  saidOf('systemSaid', { said: text }),
  saidOf('otherContent', { found: text, recorded: text.nullable() }),
  saidOf('neitherPhotographNorVideo', {}),
  saidOf('contentUnknown', {}),
] as const;

/** Of an archive, and of a file that lies in one. */
const OF_AN_ARCHIVE = [
  /** It was gone into. `cut`: why what it lists may not be all. */
  saidOf('archive', {
    format: z.enum(['zip', 'tar', 'tar.gz']),
    files: count,
    /** Of these, whose bytes are not read: encrypted, packed in an unknown way, not as the archive says. */
    refused: count,
    /** Bytes that belong to no file it lists. */
    unlistedBytes: count,
    cut: z.enum(['ends', 'damaged', 'otherCount']).nullable(),
  }),
  saidOf('archiveNotListed', { problem: z.enum(['noDirectory', 'twoDirectories', 'otherPlace', 'severalParts']) }),
  saidOf('archiveTooMany', { most: count }),
  saidOf('archiveTotal', { bytes: count, most: count }),
  saidOf('archiveHeld', { most: count }),
  saidOf('archiveTooDeep', { most: count }),
  saidOf('archiveEntry', {
    problem: z.enum([
      'encrypted',
      'leadsOut',
      'longName',
      'overlaps',
      'headersDiffer',
      'notRegular',
      'sparse',
      'cut',
      'damaged',
      'otherSize',
      'checksum',
    ]),
  }),
  saidOf('archiveMethod', { method: count }),
  saidOf('archiveRatio', { bytes: count, packed: count, most: count }),
  saidOf('filmPacked', {}),
  saidOf('unknownPacked', {}),
] as const;

/** What is wrong with a photograph, or with what decodes it. */
const WITH_A_PHOTOGRAPH = [
  saidOf('decoderSaid', { said: text }),
  saidOf('notDecodedAs', { mediaType: text, said: text }),
  saidOf('decoderNotLoaded', { mediaType: text, said: text }),
  saidOf('hevcDecoderNotLoaded', { said: text }),
  saidOf('noDecoderFor', { mediaType: text }),
  saidOf('decoderNotOpened', { decoder: text, said: text }),
  saidOf('endsBeforePicture', {}),
  saidOf('scansMissing', {}),
  saidOf('pictureDamaged', {}),
  saidOf('beyondPixelLimit', { ...sidesShape, limit: count }),
  saidOf('beyondFreeMemory', { ...sidesShape, limit: count }),
  saidOf('sampleLayout', { layout: text, of }),
  saidOf('colourMatrix', { matrix: text, of }),
  saidOf('iconDirectory', {}),
  saidOf('rawWithoutPicture', {}),
  saidOf('samplesNoNumbers', samplesShape),
  saidOf('signedWithoutRange', {}),
  saidOf('floatsWithoutRange', { least: z.number(), most: z.number() }),
] as const;

/** What is wrong with a HEIF photograph: its boxes, its items, its coded pictures. */
const WITH_A_HEIF = [
  saidOf('boxTooShort', { box: text }),
  saidOf('boxNumberOutOfRange', { box: text }),
  saidOf('boxNumberBytes', { box: text, bytes: count }),
  saidOf('boxSmallerThanHeader', { box: text }),
  saidOf('boxBeyondOuter', { box: text }),
  saidOf('endsInsideBox', { box: text }),
  saidOf('boxVersion', { box: text, version: count }),
  saidOf('sequenceWithoutStill', {}),
  saidOf('endsBeforeItems', {}),
  saidOf('noMetaBox', {}),
  saidOf('noItemList', {}),
  saidOf('noPrimary', {}),
  saidOf('itemNotThere', { item: count }),
  saidOf('itemBuiltFromOthers', { item: count }),
  saidOf('itemWithoutIdat', { item: count }),
  saidOf('itemWithoutPlace', { item: count }),
  saidOf('itemLargerThanFile', { item: count, bytes: count, fileBytes: count }),
  saidOf('itemPieceWithoutLength', { item: count }),
  saidOf('itemBeyondFile', { item: count, from: count, to: count }),
  saidOf('itemsInManyPieces', { limit: count }),
  saidOf('propertyNotThere', { property: z.number().int(), properties: count }),
  saidOf('essentialProperty', { property: text }),
  saidOf('pictureWithoutSides', {}),
  saidOf('madeOfNothing', { item: count }),
  saidOf('encrypted', {}),
  saidOf('coding', { coding: text }),
  saidOf('noDecoderConfiguration', { item: count }),
  saidOf('decoderConfigurationDamaged', { said: text }),
  saidOf('decoderConfigurationShort', {}),
  saidOf('noHevcDecoder', {}),
  saidOf('noCodedPicture', {}),
  saidOf('codedPictureDamaged', { said: text.nullable() }),
  saidOf('codedPictureEmpty', { said: text }),
  saidOf('codedPictureLength', {}),
  saidOf('codedPicturePart', {}),
  saidOf('gridTiles', { columns: count, rows: count, tiles: count }),
  saidOf('gridOfGrids', {}),
  saidOf('tilesDoNotMake', { columns: count, rows: count, tile: z.object(sidesShape), whole: z.object(sidesShape) }),
  saidOf('tilesDiffer', {}),
  saidOf('tilesCutColour', {}),
  saidOf('transparencySize', { own: z.object(sidesShape), picture: z.object(sidesShape) }),
  saidOf('cropByZero', {}),
  saidOf('cropOutside', { crop: z.object({ ...sidesShape, left: z.number(), top: z.number() }), ...sidesShape }),
] as const;

/** What is wrong with a film. */
const WITH_A_FILM = [
  saidOf('packedIndex', {}),
  saidOf('impossibleIndex', { table: text, samples: count, bytes: count }),
  saidOf('cutBeforeIndex', {}),
  saidOf('containerUnreadable', { said: text }),
  saidOf('streamsUnreadable', { said: text }),
  saidOf('noVideo', { streams: count }),
  saidOf('noDecoderForCodec', { codec: text }),
  saidOf('framesBeyondPixelLimit', { ...sidesShape, limit: count }),
  saidOf('noFrameDecoded', { refusedPackets: count, said: text.nullable() }),
  saidOf('noFrame', {}),
  saidOf('noFrameAt', { pts: z.number().int() }),
  saidOf('noFrameOfNumber', { frame: count }),
  saidOf('memoryLimit', { bytes: count, limit: count }),
  saidOf('noFrameExamined', { frames: count, damagedFrames: count }),
  /** Most of it could not be decoded, and no face was seen in the rest. */
  saidOf('mostNotExamined', {
    unseen: z.number().nonnegative(),
    of: z.number().nonnegative(),
    unit: z.enum(['frames', 'ms']),
  }),
] as const;

/**
 * What became of the process that had the file. `lastWrote`: the end of what it wrote to its
 * standard error.
 */
const WITH_THE_PROCESS = [
  saidOf('processEnded', { process: text, how: text, lastWrote: text }),
  saidOf('processSilent', { process: text, withinMs: count, lastWrote: text }),
  saidOf('processFailed', { said: text }),
] as const;

const plainWhySchema = z.discriminatedUnion('kind', [
  ...WITH_THE_FILE,
  ...OF_AN_ARCHIVE,
  ...WITH_A_PHOTOGRAPH,
  ...WITH_A_HEIF,
  ...WITH_A_FILM,
  ...WITH_THE_PROCESS,
]);

/** Why a file could not be read. */
const whyUnreadableSchema = z.discriminatedUnion('kind', [
  ...plainWhySchema.options,
  /** Of a film: how far it came before; what was found until there stands. */
  saidOf('endedEarly', { why: plainWhySchema, frames: count, untilMs: timeMsSchema }),
]);
export type WhyUnreadable = z.infer<typeof whyUnreadableSchema>;

/** As a row holds it. A sentence is what an earlier version wrote. */
export type HeldWhy = string | WhyUnreadable;
/** Named, so that the contract's own type does not spell out every kind wherever a file is. */
export interface HeldWhySchema extends z.ZodType<HeldWhy, HeldWhy> {}
export const heldWhySchema: HeldWhySchema = z.union([z.string(), whyUnreadableSchema]).meta({ title: 'HeldWhy' });

/** A file that could not be read: the reason of the closed list, and what there is to say of it. */
export type Unreadable<Why = WhyUnreadable> = { reason: UnreadableReason; message: Why };
