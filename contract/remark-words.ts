// The words for what is said of a file that was read (remark.ts), for the window, the command line
// and the report alike.
import type { HeldJpegRemark, JpegRemark } from './provenance.ts';
import type { HeldRemark, HeldWhyIncomplete, Remark, StreamName, TrackName, WhyIncomplete } from './remark.ts';
import { unreadableWords } from './unreadable-words.ts';

type Words<Said extends { kind: string }> = { [K in Said['kind']]: (said: Extract<Said, { kind: K }>) => string };

const sidesText = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }): string => `${widthPx} x ${heightPx}`;
const shareText = (share: number): string => `${Math.round(100 * share)} %`;
const secondsText = (ms: number): string => (ms / 1000).toFixed(2);
const streamText = ({ index, title }: StreamName): string => `stream ${index}${title === '' ? '' : `, “${title}”`}`;
const trackText = ({ stream, hidden }: TrackName): string =>
  `${hidden ? 'Frames hidden by the edit list' : 'Picture track'} of ${streamText(stream)}`;

/** Curves of high dynamic range, as ITU-T H.273 names them. */
const CURVES: Readonly<Record<string, string>> = { 'arib-std-b67': 'HLG', smpte2084: 'PQ' };
const BEHIND: Readonly<Record<Extract<Remark, { kind: 'pictureBehind' }>['what'], string>> = {
  jpeg: 'A JPEG picture',
  png: 'A PNG picture',
  gif: 'A GIF',
  webp: 'A WebP picture',
  film: 'A film',
  heif: 'A HEIF or AVIF picture',
  jpeg2000: 'A JPEG 2000 picture',
  jpegXl: 'A JPEG XL picture',
};
const TRACKS: Readonly<Record<Extract<Remark, { kind: 'trackUnreadable' }>['which'], string>> = {
  first: 'The first picture track',
  further: 'A picture track',
  hidden: 'The frames that the edit list hides',
};

const lengthsText = (statedMs: number, decodedMs: number): string =>
  `The file states ${secondsText(statedMs)} s; ${secondsText(decodedMs)} s could be decoded.`;

const INCOMPLETE: Words<WhyIncomplete> = {
  readingEnded: ({ said, statedMs, decodedMs }) =>
    `Reading ended early: ${said}.${statedMs === undefined || decodedMs === undefined ? '' : ` ${lengthsText(statedMs, decodedMs)}`}`,
  shorter: ({ statedMs, decodedMs }) => lengthsText(statedMs, decodedMs),
  fewerFrames: ({ stated, decoded }) => `The file states ${stated} frames; ${decoded} could be decoded.`,
};

const WORDS: Words<Remark> = {
  endingContradicts: ({ mediaType }) => `The name's ending does not fit the content (${mediaType})`,
  turnedByExif: ({ orientation }) => `Turned upright (EXIF orientation ${orientation})`,
  turned: ({ degrees }) => `Turned upright (${degrees} degrees clockwise)`,
  unequalResolution: ({ across, down }) =>
    `Its resolution differs across and down (${across} and ${down}): programs that apply it show it stretched; its pixels are looked at as they lie`,
  mirrored: () => 'Mirrored, as the file asks',
  cropped: () => 'Cropped, as the file asks',
  fromCmyk: () => 'Converted from CMYK',
  fromBits: ({ bits }) => `Converted from ${bits}-bit samples`,
  fromSamples: ({ type }) => `Converted from ${type} samples`,
  laidOnBlack: () => 'Transparency laid on black',
  profileApplied: () => 'Colour profile applied',
  decoderWarns: ({ said }) => `The decoder warns: ${said}`,
  endMarkerMissing: ({ otherBytes }) =>
    `The end marker is missing${otherBytes > 0 ? `, and ${otherBytes} other bytes stand in its place` : ''}; every block of the picture is there`,
  scaledByStatedRange: ({ bits, isFloat, from, to }) =>
    `Converted from ${isFloat ? 'floating point' : `${bits}-bit`} samples, by the range ${from} to ${to} that the file states`,
  narrowSamples: ({ bits }) => `Its 16-bit samples stay below ${2 ** bits}: taken as ${bits}-bit ones`,
  wideSamples: ({ bits }) => `Converted from 32-bit samples, taken as ${bits}-bit ones by the largest of them`,
  floatSamples: ({ to }) => `Converted from floating point samples, taken as 0 to ${to} by the largest of them`,
  toneMapped: ({ transfer }) =>
    `High dynamic range (${CURVES[transfer] ?? transfer}): brought to the standard range, white at 203 cd/m², brighter light bent into the top quarter`,
  curveNotConverted: ({ transfer }) => `High dynamic range (${transfer}); the curve is not converted`,
  matrixAssumed: ({ matrix }) => `Colour matrix not stated; ${matrix} assumed`,
  coloursDisagree: () => 'Container and coded picture state different colours; the container’s are used',
  coloursNotConverted: ({ primaries }) => `Colours stated as ${primaries}; not converted`,
  coloursNotApplied: ({ by, stated }) =>
    `The file states colours of its own (${by}: ${stated}), which are not applied here; other programs may show another picture`,
  flattenedByProfile: () =>
    'Its colour profile takes contrast out of the picture that programs show which apply none; the picture is examined with the profile',
  gainMapNotApplied: () =>
    'Its gain map is not applied; some screens and programs show the picture with it, and that is not examined',
  gainMapHeld: () =>
    'Its gain map, by which some screens show it brighter, was applied, in full and in part, and held against it: no other picture',
  copiesBeside: ({ pictures }) =>
    pictures === 1
      ? 'One more picture in the file was held against it and shows nothing else'
      : `${pictures} more pictures in the file were held against it and show nothing else`,
  planesBeside: ({ types }) =>
    `Beside it lies what programs reckon with and do not show as a picture, which is not looked at: ${types.join(', ')}`,
  tiles: ({ columns, rows, tile }) => `Put together from ${columns} x ${rows} tiles of ${sidesText(tile)}`,
  otherSizeStated: ({ stated, found }) =>
    `The file states ${sidesText(stated)} pixels; the coded picture has ${sidesText(found)}`,

  firstOfPages: ({ pages }) => `First of ${pages} pages or animation frames; the others are not examined`,
  firstOfPictures: ({ pictures }) =>
    `First of ${pictures} pictures in the file; the ${pictures === 2 ? 'other is' : 'others are'} not examined`,
  firstOfAnimation: ({ pictures }) => `First of ${pictures} pictures of an animated PNG; the others are not examined`,
  picturesFollow: () => 'Other pictures follow the first in the file; they are not examined',
  largestOfIcon: ({ pictures }) => `The largest of ${pictures} pictures in the file; the others are not examined`,
  primaryOfPictures: ({ pictures }) => `Primary of ${pictures} pictures in the file; the others are not examined`,
  sequenceBeside: () => 'The file holds an image sequence too; it is not examined',
  auxiliaryPictures: ({ types }) =>
    `Auxiliary pictures not examined: ${types.map((type) => type || 'of no name').join(', ')}`,
  otherThumbnail: () =>
    'Its thumbnail, which programs that list files show, is not of the picture, or cannot be read; it is not examined',
  filmBehind: () => 'A film follows the picture in the file; it is not examined',
  pictureBehind: ({ what, bytes }) =>
    `${BEHIND[what]} lies behind the end of the picture (${bytes} bytes); it is not examined`,
  bytesBehind: ({ bytes }) => `${bytes} bytes follow the end of the picture; they are not examined`,
  hiddenByTransparency: ({ share }) =>
    `${shareText(share)} of the picture is hidden by transparency; the colours under it are not examined`,
  otherOnLightGround: () =>
    'Its transparency is laid on black; on a light ground, as many programs show it, it is another picture, which is not examined',
  otherWithoutTransparency: () =>
    'Programs that leave its transparency aside show another picture, which is not examined',
  cutAway: ({ share }) =>
    `The file says to show a part of its picture: ${shareText(share)} of it is cut away and not examined; other programs may show it`,
  severalCoded: ({ pictures }) =>
    `${pictures} coded pictures where one is expected; one of them is examined, and other programs may show another`,
  layers: () => 'The merged picture of a Photoshop file; its layers are not looked at',
  unknownParts: ({ names, more }) =>
    `The file has parts that are not known here (${names.join('; ')}${more > 0 ? `; ${more} more` : ''}); another program may show something else`,
  rawPhotograph: ({ sensor, picture }) =>
    `Raw photograph${sensor ? ` of ${sidesText(sensor)} pixels` : ''}: the largest picture inside is examined (${picture.coding === 'jpeg' ? 'JPEG' : 'TIFF'}, ${sidesText(picture)}); the sensor's own data are not developed`,

  framesBehindDamage: ({ frames }) =>
    `${frames} frames were looked at that follow damage without a key frame in between`,
  clockJumps: ({ jumps, frame, atMs }) => {
    const first = `at frame ${frame}, ${secondsText(atMs)} s`;
    return jumps === 1
      ? `The timestamps jump ${first}, as where recordings are joined; the time is counted on from there`
      : `The timestamps jump ${jumps} times, first ${first}, as where recordings are joined; the time is counted on`;
  },
  rateAssumed: () => 'The stream states no frame rate; 25 frames a second are assumed',
  framesWithoutTimestamp: ({ frames }) => `${frames} frames have no timestamp; theirs are counted from the frame rate`,
  variableRate: () => 'Variable frame rate',
  stretched: ({ num, den }) => `Samples are ${num}:${den}; the picture is stretched to square ones`,
  interlaced: () => 'Interlaced; not deinterlaced',
  hiddenFrames: ({ frames }) =>
    `${frames} frames are hidden by the file's edit list, which players leave out; they are examined`,
  trackPlace: ({ track, codec, firstFrame, lastFrame, fromMs, ...sides }) =>
    `${trackText(track)} (${sidesText(sides)}, ${codec}): frames ${firstFrame} to ${lastFrame}, from ${secondsText(fromMs)} s`,
  framesPassed: ({ lookedAt, of }) => `${lookedAt} of ${of} frames were looked at`,
  timesWithoutFrames: ({ times, fromMs, toMs }) =>
    `The film has no frames from ${secondsText(fromMs)} to ${secondsText(toMs)} s${times > 1 ? `, and ${times - 1} more such times` : ''}: a pause of the recording, or frames that are lost`,
  packetsWithoutFrame: ({ packets }) =>
    `The decoder made no picture of ${packets} packets of the film: frames of another layer, or some that are lost; they are not examined`,
  packetsBeforeFirst: ({ packets }) =>
    `About ${packets} frames at the beginning, before the first whole one, are not examined; other programs may show them`,
  turnNotApplied: ({ degrees }) =>
    `The film asks to be turned by ${degrees} degrees clockwise, or bent, which is not done: other programs may show another picture`,
  opacityNotApplied: () =>
    'Its frames have transparency, which is not applied here; other programs may show another picture',
  damagedFrames: ({ frames }) => `${frames} damaged frames are not examined`,
  refusedPackets: ({ packets }) =>
    `${packets} ${packets === 1 ? 'frame' : 'frames'} could not be decoded and ${packets === 1 ? 'is' : 'are'} not examined`,
  unseenStream: ({ stream: one, what }) =>
    what === 'attachment'
      ? `A file is attached to the film (${streamText(one)}); it is not examined`
      : `Subtitles that are drawn (${streamText(one)}) are not examined`,
  coverPicture: ({ stream }) => `A cover picture (${streamText(stream)}) is not examined`,
  secondFilm: ({ bytes, inPieces }) =>
    `A second film follows the first in the file (${bytes} bytes); it ${inPieces ? 'may not be' : 'is not'} examined`,
  bytesBehindFilm: ({ bytes }) => `${bytes} bytes follow the film in the file; they are not examined`,
  bytesBesideFilm: ({ bytes }) =>
    `${bytes} bytes of the file are no part of what the film plays (free space that is not empty, or data that no table speaks of); they are not examined`,
  trackUnreadable: ({ which, stream, ...why }) =>
    `${TRACKS[which]}${stream ? ` (${streamText(stream)})` : ''} cannot be examined: ${unreadableWords(why)}`,

  incomplete: ({ why }) => `Incomplete: ${incompleteWords(why)} What was read is examined`,
  ofTrack: ({ track, remark }) => `${trackText(track)}: ${remarkWords(remark)}`,
};

const MARKS: Readonly<Record<Extract<JpegRemark, { kind: 'mark' }>['of'], string>> = {
  photoshop: 'Photoshop resource blocks',
  saveForWeb: 'Photoshop “Save for Web”',
  adobeTransform: 'Adobe colour transform marker',
  jumbf: 'JUMBF boxes (content credentials)',
};

const OF_A_JPEG: Words<JpegRemark> = {
  bytesBetweenSegments: ({ at }) => `Bytes between segments at ${at}`,
  noEndMarker: () => 'The picture has no end marker',
  segmentBeyondFile: ({ segment, at }) => `Segment ${segment} at ${at} reaches beyond the file`,
  furtherPictures: () => 'Further pictures follow (multi-picture format)',
  bytesBehindEnd: ({ bytes }) => `${bytes} bytes follow the end of the picture`,
  mark: ({ of }) => `It has ${MARKS[of]}`,
  ijgTables: ({ quality }) => `Tables of the Independent JPEG Group at quality ${quality}`,
};

/** Of a kind that is not known here, its name. */
const wordsOf = <Said extends { kind: string }>(words: Words<Said>, said: Said): string =>
  Object.hasOwn(words, said.kind)
    ? (words as unknown as Record<string, (said: Said) => string>)[said.kind]!(said)
    : String(said.kind);

/** A remark, without a full stop; what an older row says as it stands. */
export const remarkWords = (remark: HeldRemark): string =>
  typeof remark === 'object' && remark !== null ? wordsOf(WORDS, remark) : String(remark);

/** Why not all of a film was read, in a sentence. */
export const incompleteWords = (why: HeldWhyIncomplete): string =>
  typeof why === 'object' && why !== null ? wordsOf(INCOMPLETE, why) : String(why);

/** What is worth a line of how a JPEG is built. */
export const jpegRemarkWords = (remark: HeldJpegRemark): string =>
  typeof remark === 'object' && remark !== null ? wordsOf(OF_A_JPEG, remark) : String(remark);
