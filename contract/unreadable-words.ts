// The words for why a file could not be read (unreadable.ts), for the window, the command line and
// the report alike.
import type { HeldWhy, UnreadableReason, WhyUnreadable } from './unreadable.ts';

/** What is said before the decoder's own words, for whoever does not know them. */
const BEFORE_QUOTE: Readonly<Partial<Record<UnreadableReason, string>>> = {
  tooLarge: 'The picture is larger than can be decoded here.',
  truncated: 'The file ends before its picture does.',
  codecMissing: 'No decoder of this coding is at hand.',
  unsupportedFormat: 'The file is no photograph of a known format.',
  corrupt: 'The file is damaged: it cannot be decoded as a photograph.',
};

/** What is said before the system's own words. */
const BEFORE_SYSTEM: Readonly<Partial<Record<UnreadableReason, string>>> = {
  permissionDenied: 'The file may not be read by this user.',
  disappeared: 'There is no file at this place (any more).',
  notARegularFile: 'It is not a regular file.',
};

/** What a process last wrote to its standard error, behind a sentence; empty when there is nothing. */
export const lastWroteSentence = (words: string): string => (words === '' ? '' : ` It last wrote: ${words}`);

type Words = {
  [K in WhyUnreadable['kind']]: (why: Extract<WhyUnreadable, { kind: K }>, reason: string) => string;
};
type Sides = { widthPx: number; heightPx: number };

const secondsText = (ms: number): string => (ms / 1000).toFixed(2);
const sidesText = ({ widthPx, heightPx }: Sides): string => `${widthPx} x ${heightPx}`;
const samplesText = ({ bits, isFloat }: { bits: number; isFloat: boolean }): string =>
  isFloat ? 'floating point' : `${bits}-bit`;
const notRead = (of: 'photograph' | 'film'): string =>
  of === 'film' ? 'which cannot be read' : 'which is not read here';
const NOT_SHOWN = 'It is not shown, and so not examined.';

const WORDS: Words = {
  empty: () => 'The file is empty.',
  linkOutOfFolder: () => 'The link leads out of the folder; it was not followed.',
  notRegularNotOpened: () => 'It is not a regular file (a pipe, socket or device); it was not opened.',
  notPermitted: () => 'Reading it is not permitted.',
  notThere: () => 'It is not there (any more), or the link leads nowhere.',
  nameNotUnicode: () => 'Its name is not valid Unicode, so it cannot be named here. Rename a copy to have it examined.',
  notRegular: () => 'It is not a regular file.',
  changedWhileRead: () => 'It changed while it was read.',
  placeNotSaid: () =>
    'This case came from elsewhere, and nobody here has said where its evidence lies. Say so with "recce relocate".',
  moreBytesThanLimit: ({ bytes, limit }) => `${bytes} bytes are more than the limit of ${limit} for a still.`,
  systemSaid: ({ said }, reason) =>
    `${BEFORE_SYSTEM[reason as UnreadableReason] ?? 'The file could not be read.'} The system says: ${said}`,
  otherContent: ({ found, recorded }) =>
    `Its content is not the one taken in: SHA-256 ${found} now, ${recorded ?? 'none'} recorded.`,
  neitherPhotographNorVideo: () => 'Its content is neither a photograph nor a video known here.',
  contentUnknown: () => 'Its content is not known here.',

  archive: (archive) => archiveWords(archive),
  archiveNotListed: ({ problem }) => `${NOT_LISTED[problem]} Nothing in it was looked at.`,
  archiveTooMany: ({ most }) =>
    `It is an archive that lists more than ${most} files, or too many of archives inside it. Nothing in it was looked at.`,
  archiveTotal: ({ bytes, most }) =>
    `It is an archive whose files would become ${bytes} bytes, more than the ${most} that are looked at for its size. Nothing in it was looked at.`,
  archiveHeld: ({ most }) =>
    `It is an archive that is packed as a whole, and has more than the ${most} bytes that are held in memory. Nothing in it was looked at; unpack a copy once.`,
  archiveTooDeep: ({ most }) =>
    `It is an archive inside ${most} others. Nothing in it was looked at; unpack a copy of the outermost.`,
  archiveEntry: ({ problem }) => `${ENTRY_PROBLEMS[problem]} It was not looked at.`,
  archiveMethod: ({ method }) =>
    `It is packed in the archive by method ${method}, which is not read here. It was not looked at.`,
  archiveRatio: ({ bytes, packed, most }) =>
    `Its ${packed} bytes in the archive would become ${bytes}, more than ${most} times as many. It was not looked at.`,
  unknownPacked: () =>
    'Its content begins like no photograph or video known here. It is compressed in the archive, where nothing more can be tried.',
  filmPacked: () =>
    'It is a film that is compressed in the archive, where it cannot be read by place. It was not looked at; unpack a copy of it.',

  decoderSaid: ({ said }, reason) => `${BEFORE_QUOTE[reason as UnreadableReason]} The decoder says: ${said}`,
  notDecodedAs: ({ mediaType, said }) => `It cannot be decoded as ${mediaType}. The decoder says: ${said}.`,
  decoderNotLoaded: ({ mediaType, said }) => `The decoder for ${mediaType} cannot be loaded here: ${said}.`,
  hevcDecoderNotLoaded: ({ said }) => `The HEVC decoder cannot be loaded here: ${said}.`,
  noDecoderFor: ({ mediaType }) => `This build of FFmpeg has no decoder for ${mediaType}.`,
  decoderNotOpened: ({ decoder, said }) => `The ${decoder} decoder does not open: ${said}.`,
  endsBeforePicture: () => 'The file ends before its picture does.',
  scansMissing: () => 'The file ends before its picture does. Scans of it are missing.',
  pictureDamaged: () => 'The picture is damaged.',
  beyondPixelLimit: ({ limit, ...sides }) => `${sidesText(sides)} pixels are more than the limit of ${limit}.`,
  beyondFreeMemory: ({ limit, ...sides }) =>
    `${sidesText(sides)} pixels are more than fit into the memory that is free now (${limit}). Close other programs or take a machine with more memory.`,
  sampleLayout: ({ layout, of }) => `Its samples are laid out as ${layout}, ${notRead(of)}.`,
  colourMatrix: ({ matrix, of }) => `Its colours are coded by the matrix ${matrix}, ${notRead(of)}.`,
  iconDirectory: () => 'It begins like an icon, and its directory names pictures that are not there.',
  rawWithoutPicture: () =>
    'It is a raw photograph without a picture inside that can be read; the sensor’s own data are not developed here.',
  samplesNoNumbers: (samples) => `Its ${samplesText(samples)} samples are not all numbers. ${NOT_SHOWN}`,
  signedWithoutRange: () => `Its samples are signed whole numbers and the file states no range for them. ${NOT_SHOWN}`,
  floatsWithoutRange: ({ least, most }) =>
    `Its floating point samples lie between ${least} and ${most}, and the file states no range for them. ${NOT_SHOWN}`,

  boxTooShort: ({ box }) => `Its ${box} box is shorter than what it announces.`,
  boxNumberOutOfRange: ({ box }) => `Its ${box} box holds a number out of any range.`,
  boxNumberBytes: ({ box, bytes }) => `Its ${box} box has numbers of ${bytes} bytes.`,
  boxSmallerThanHeader: ({ box }) => `Its ${box} box is smaller than its own header.`,
  boxBeyondOuter: ({ box }) => `Its ${box} box reaches beyond the box around it.`,
  endsInsideBox: ({ box }) => `The file ends inside its ${box} box.`,
  boxVersion: ({ box, version }) => `Its ${box} box has version ${version}.`,
  sequenceWithoutStill: () => 'It is an image sequence without a still picture of its own.',
  endsBeforeItems: () => 'The file ends before it says what pictures it holds.',
  noMetaBox: () => 'It does not say what pictures it holds (no meta box).',
  noItemList: () => 'It has no list of its items.',
  noPrimary: () => 'It does not say which of its pictures is the primary one.',
  itemNotThere: ({ item }) => `It refers to item ${item}, which is not there.`,
  itemBuiltFromOthers: ({ item }) => `Item ${item} is built from other items.`,
  itemWithoutIdat: ({ item }) => `Item ${item} lies in an idat box, and there is none.`,
  itemWithoutPlace: ({ item }) => `It does not say where item ${item} lies.`,
  itemLargerThanFile: ({ item, bytes, fileBytes }) => `Item ${item} has ${bytes} bytes, the file only ${fileBytes}.`,
  itemPieceWithoutLength: ({ item }) => `Item ${item} has a piece without a length.`,
  itemBeyondFile: ({ item, from, to }) => `The file ends at ${from} bytes; item ${item} reaches to ${to}.`,
  itemsInManyPieces: ({ limit }) => `Its items lie in more than ${limit} pieces.`,
  propertyNotThere: ({ property, properties }) => `It refers to property ${property} of ${properties}.`,
  essentialProperty: ({ property }) =>
    `It must not be shown without its property ${property}, which is not known here.`,
  pictureWithoutSides: () => 'It has a picture without width or height.',
  madeOfNothing: ({ item }) => `Its picture ${item} is made of nothing.`,
  encrypted: () => 'It is encrypted.',
  coding: ({ coding }) => `Its picture is ${CODINGS[coding] ?? `of the kind ${coding}`}, which is not read here.`,
  noDecoderConfiguration: ({ item }) => `Its coded picture ${item} has no decoder configuration.`,
  decoderConfigurationDamaged: ({ said }) => `Its decoder configuration is damaged: ${said}.`,
  decoderConfigurationShort: () => 'Its decoder configuration is too short.',
  noHevcDecoder: () => 'This build of FFmpeg has no HEVC decoder.',
  noCodedPicture: () => 'It has no coded picture.',
  codedPictureDamaged: ({ said }) => `A coded picture is damaged${said === null ? '' : `: ${said}`}.`,
  codedPictureEmpty: ({ said }) => `A coded picture gives nothing to see: ${said}.`,
  codedPictureLength: () => 'A coded picture is shorter or longer than its units.',
  codedPicturePart: () => 'A coded picture is incomplete: a part of it was never decoded.',
  gridTiles: ({ columns, rows, tiles }) => `Its grid has ${columns} x ${rows} tiles and refers to ${tiles}.`,
  gridOfGrids: () => 'The tiles of its grid are turned or made of tiles themselves.',
  tilesDoNotMake: ({ columns, rows, tile, whole }) =>
    `${columns} x ${rows} tiles of ${sidesText(tile)} do not make ${sidesText(whole)} pixels.`,
  tilesDiffer: () => 'The tiles of its grid differ in size or layout.',
  tilesCutColour: () => 'The tiles of its grid cut through its colour samples.',
  transparencySize: ({ own, picture }) =>
    `Its transparency has ${sidesText(own)} pixels, the picture ${sidesText(picture)}.`,
  cropByZero: () => 'Its crop has a denominator of zero.',
  cropOutside: ({ crop, ...sides }) =>
    `Its crop of ${sidesText(crop)} at ${crop.left}, ${crop.top} lies outside of its ${sidesText(sides)} pixels.`,

  packedIndex: () => 'Its index is packed (cmov), so that its tables cannot be held against the file.',
  impossibleIndex: ({ table, samples, bytes }) =>
    `Its index is impossible: the ${table} tables announce ${samples} samples, and the file has ${bytes} bytes.`,
  cutBeforeIndex: () => 'It is cut off before its index; nothing in it can be found.',
  containerUnreadable: ({ said }) => `The container cannot be read: ${said}.`,
  streamsUnreadable: ({ said }) => `The streams cannot be read: ${said}.`,
  noVideo: ({ streams }) =>
    `It has no video: ${streams === 1 ? 'its one stream is' : `its ${streams} streams are`} something else.`,
  noDecoderForCodec: ({ codec }) => `There is no decoder for codec ${codec}.`,
  framesBeyondPixelLimit: ({ limit, ...sides }) =>
    `${sidesText(sides)} pixels a frame are more than the limit of ${limit}.`,
  noFrameDecoded: ({ refusedPackets, said }) =>
    `No frame can be decoded: ${said ?? `the decoder refused ${refusedPackets} packets`}.`,
  noFrame: () => 'Its video stream has no frame.',
  noFrameAt: ({ pts }) => `There is no intact frame with the timestamp ${pts}.`,
  noFrameOfNumber: ({ frame }) => `There is no intact frame of number ${frame} in its track.`,
  memoryLimit: ({ bytes, limit }) => `Decoding it takes ${bytes} bytes, more than the limit of ${limit}.`,
  noFrameExamined: ({ frames, damagedFrames }) =>
    `None of its ${frames} frames could be examined; ${damagedFrames} of them are damaged.`,
  mostNotExamined: ({ unseen, of, unit }) =>
    `${unit === 'ms' ? `${secondsText(unseen)} of its ${secondsText(of)} s` : `${unseen} of its ${of} frames`} could not be examined. No face was found in the rest, from which nothing follows about the whole.`,

  processEnded: ({ process, how, lastWrote }) =>
    `The ${process} process ended (${how}).${lastWroteSentence(lastWrote)}`,
  processSilent: ({ process, withinMs, lastWrote }) =>
    `The ${process} process gave no answer within ${withinMs} ms and was ended.${lastWroteSentence(lastWrote)}`,
  processFailed: ({ said }) => said,

  endedEarly: ({ why, frames, untilMs }, reason) =>
    `${whyWords(why, reason)} Before that ${frames} frames up to ${(untilMs / 1000).toFixed(2)} s were examined; what was found in them stands.`,
};

const NOT_LISTED: Readonly<Record<Extract<WhyUnreadable, { kind: 'archiveNotListed' }>['problem'], string>> = {
  noDirectory: 'It is a zip without a directory at its end: cut short, or damaged.',
  twoDirectories: 'It is a zip with two directories, of which programs read one or the other.',
  otherPlace: 'It is a zip whose directory does not lie where it says, so that programs read it differently.',
  severalParts: 'It is one part of a zip in several.',
};

const ENTRY_PROBLEMS: Readonly<Record<Extract<WhyUnreadable, { kind: 'archiveEntry' }>['problem'], string>> = {
  encrypted: 'It is encrypted in the archive.',
  leadsOut: 'Its name in the archive leads out of the folder that the archive would be unpacked to.',
  longName: 'Its name in the archive is longer, or has more folders, than a path may have.',
  overlaps: 'Its bytes in the archive are those of another file as well, or of the directory.',
  headersDiffer: 'The archive says one thing of it in its directory and another before its bytes.',
  notRegular: 'It is a link, a device or a pipe in the archive, without bytes of its own.',
  sparse: 'It is a file with holes, or a part of one, in the archive, which is not put together here.',
  cut: 'The archive ends inside it.',
  damaged: 'Its packed bytes in the archive are damaged.',
  otherSize: 'It has another size than the archive says.',
  checksum: 'Its bytes have another checksum than the archive says.',
};

/** An archive that was gone into: what has rows of its own, and what of it nothing speaks of. */
function archiveWords({
  format,
  files,
  refused,
  unlistedBytes,
  cut,
}: Extract<WhyUnreadable, { kind: 'archive' }>): string {
  const of = files === 1 ? 'Its one file has a row of its own' : `Its ${files} files have rows of their own`;
  return [
    `It is a ${format} archive, and no picture itself.`,
    files === 0
      ? 'It lists no file.'
      : refused === 0
        ? `${of}.`
        : `${of}; the bytes of ${refused} of them are not read, each with its reason.`,
    cut === 'ends' ? 'It ends before its list does: there may have been more.' : '',
    cut === 'damaged' ? 'It is damaged: what lies behind the damage was not looked at.' : '',
    cut === 'otherCount' ? 'It states another number of files than it lists.' : '',
    unlistedBytes === 0 ? '' : `${unlistedBytes} bytes of it belong to no file it lists and were not looked at.`,
  ]
    .filter((one) => one !== '')
    .join(' ');
}

/** Codings of a HEIF picture by their four letters. */
const CODINGS: Readonly<Record<string, string>> = {
  jpeg: 'JPEG-coded inside HEIF',
  avc1: 'H.264-coded',
  avc3: 'H.264-coded',
  vvc1: 'H.266-coded',
  evc1: 'EVC-coded',
  lhv1: 'coded in layers of H.265',
  av01: 'AV1-coded in part',
  j2k1: 'JPEG-2000-coded',
  unci: 'not compressed',
  iovl: 'an overlay of several pictures',
};

/** `reason`: of the closed list. A kind that is not known here is named. */
function whyWords(why: WhyUnreadable, reason: string): string {
  const words = Object.hasOwn(WORDS, why.kind) ? WORDS[why.kind] : undefined;
  return words ? (words as (why: WhyUnreadable, reason: string) => string)(why, reason) : String(why.kind);
}

/** Why a file could not be read, in a sentence or two; what an older row says as it stands. */
export const unreadableWords = ({ reason, message }: { reason: string; message: HeldWhy }): string =>
  typeof message === 'object' && message !== null ? whyWords(message, reason) : String(message);
