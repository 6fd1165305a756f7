// What of a JPEG is not known here (ITU-T T.81; ITU-T T.871; makers' segments as ExifTool's tables
// name them). Pure.
import { type JpegPart, jpegParts, SOS } from '../../jpeg-header.ts';
import { endOfPicture } from '../jpeg-ending.ts';

/** What the known segments of applications begin with, by the number of the segment. */
const APPLICATIONS: readonly RegExp[] = [
  /^(JFIF\0|JFXX\0|AVI1\0|Ocad|(II|MM).{4}HEAPJPGM)/s,
  /^(Exif\0|http:\/\/ns\.adobe\.com\/|QVCI\0)/,
  /^(ICC_PROFILE\0|FPXR\0|MPF\0|urn:iso:std:iso:ts:21496:|(QVGA\0|BGTH)?\xff\xd8\xff\xdb)/,
  /^((Meta|META|Exif)\0\0|\xff\xd8\xff\xdb)/,
  /^(SCALADO\0|FPXR\0|HPSC\0|Qualcomm (Dual Camera Attributes|Camera Debug))/,
  /^(RMETA\0|ssuniqueid|\xaa\xff\xaa\xff)/,
  /^(EPPIM\0|NI?TI?F\0|TDHD|GoPro\0|MMIMETA\0)/,
  /^(PENTAX \0|RICOH\0|HUAWEI\0\0|.Qualcomm Camera Attributes|DJI-DBG\0)/,
  /^SEAL\0/,
  /^(Media Jukebox\0|SEAL\0)/,
  /^(UNICODE\0|AROT\0\0)/,
  // JUMBF alone: other boxes carry what JPEG XT adds to the picture (ISO/IEC 18477-3).
  /^JP.{10}jumb/s,
  /^(Ducky|.*(\[picture info\]|Type=|OLYMPUS))/s,
  /^(Photoshop 3\.0\0|Adobe_Photoshop2\.5|Adobe_CM)/,
  /^Adobe/,
  /^(Q\s*\d|TEXT\0)/,
];

const [BASELINE, EXTENDED, PROGRESSIVE] = [0xc0, 0xc1, 0xc2] as const;
const [TABLES, QUANTISATION, RESTARTS, COMMENT] = [0xc4, 0xdb, 0xdd, 0xfe] as const;
/** Segments of markers of their own that every decoder reads. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'TEM',
  200: 'JPG',
  204: 'DAC',
  216: 'SOI',
  220: 'DNL',
  222: 'DHP',
  223: 'EXP',
};
const [LETTERS_BYTES, NAMELESS_BYTES] = [64, 32];

const nameOf = (marker: number): string => {
  if (marker >= 0xe0 && marker <= 0xef) return `APP${marker - 0xe0}`;
  if (marker >= 0xc0 && marker <= 0xcf && !NAMES[marker]) return `SOF${marker - 0xc0}`;
  return NAMES[marker] ?? `FF${marker.toString(16).toUpperCase()}`;
};

/** Of a frame's component. */
type Component = { id: number; across: number; down: number };
/** What was read up to here of what later parts are held against. */
type Read = {
  frame: { isProgressive: boolean; components: Component[] } | undefined;
  hasJfif: boolean;
  /** Of Adobe's segment. */
  transform: number | undefined;
  exif: number;
  /** By their numbers. */
  tables: Map<number, string>;
  scans: number;
  /** Of each component: the bit from which each coefficient was sent last. */
  sent: Map<number, Map<number, number>>;
};

/** Names of parts; empty where all is known. */
export function unknownInJpeg(bytes: Uint8Array): string[] {
  const read: Read = {
    ...{ frame: undefined, hasJfif: false, transform: undefined, exif: 0, scans: 0 },
    ...{ tables: new Map(), sent: new Map() },
  };
  const found: string[] = [];
  const end = endOfPicture(bytes, 0);
  // Where the end marker is missing what stands there is told of by other code.
  for (const part of jpegParts(end && !end.hasEndMarker ? bytes.subarray(0, end.dataEnd) : bytes)) {
    if (part.stray > 0 && part.marker !== 0) found.push('JPEG bytes between its segments');
    if (!part.isCut) found.push(...unknownIn(part, read));
  }
  return [...found, ...unknownColours(read)];
}

function unknownIn({ marker, payload }: JpegPart, read: Read): string[] {
  const unknown = [`JPEG segment ${nameOf(marker)}`];
  if (marker >= 0xe0 && marker <= 0xef) return isKnownApplication(marker - 0xe0, payload, read) ? [] : unknown;
  switch (marker) {
    case BASELINE:
    case EXTENDED:
    case PROGRESSIVE:
      return read.frame ? ['JPEG segment SOF, twice'] : unknownInFrame(marker, payload, read);
    case SOS:
      return unknownInScan(payload, read);
    case QUANTISATION:
      return unknownInTables(payload, read);
    case 0:
    case 0xd9:
    case TABLES:
    case RESTARTS:
    case COMMENT:
      return [];
    default:
      // Restart marks stand within scans.
      return marker >= 0xd0 && marker <= 0xd7 ? ['JPEG restart mark outside a scan'] : unknown;
  }
}

function isKnownApplication(number: number, payload: Uint8Array, read: Read): boolean {
  const letters = Buffer.from(payload.subarray(0, LETTERS_BYTES)).toString('latin1');
  if (number === 0 && letters.startsWith('JFIF\0')) read.hasJfif = true;
  if (number === 1 && letters.startsWith('Exif\0') && ++read.exif > 1) return false;
  // Fields of interlaced film.
  if (number === 0 && letters.startsWith('AVI1\0')) return payload[4] === 0;
  if (number === 14 && letters.startsWith('Adobe')) {
    const isFirst = read.transform === undefined;
    read.transform = payload[11];
    return isFirst && payload.length >= 12;
  }
  // What begins with nothing no program can know for its own: phones' notes of making.
  const isNameless = payload.subarray(0, NAMELESS_BYTES).every((byte) => byte === 0);
  return APPLICATIONS[number]!.test(letters) || isNameless;
}

function unknownInFrame(marker: number, payload: Uint8Array, read: Read): string[] {
  const count = payload[5] ?? 0;
  const components = Array.from({ length: count }, (_, i) => {
    const factors = payload[7 + 3 * i] ?? 0;
    return { id: payload[6 + 3 * i] ?? 0, across: factors >> 4, down: factors & 15 };
  });
  read.frame = { isProgressive: marker === PROGRESSIVE, components };
  for (const { id } of components) read.sent.set(id, new Map());
  const found: string[] = [];
  if (payload[0] !== 8) found.push(`JPEG samples of ${payload[0]} bits`);
  if (((payload[1] ?? 0) << 8) + (payload[2] ?? 0) === 0) found.push('JPEG height that stands elsewhere');
  if (![1, 3, 4].includes(count) || read.sent.size !== count) found.push(`JPEG picture of ${count} components`);
  if (!areUsualFactors(components))
    found.push(`JPEG sampling factors ${components.map(({ across, down }) => `${across}x${down}`).join(' ')}`);
  return found;
}

/** The first component is the finest, or all are alike; of four the last is as fine as the first. */
function areUsualFactors(components: readonly Component[]): boolean {
  const [first] = components;
  if (!first || components.length === 1) return true;
  return (
    components.every(({ across, down }) => across > 0 && first.across % across === 0 && first.down % down === 0) &&
    (components.length < 4 || (components[3]!.across === first.across && components[3]!.down === first.down))
  );
}

/** A table that is defined anew behind a scan: decoders take the first or the last for what is coded. */
function unknownInTables(payload: Uint8Array, read: Read): string[] {
  const found: string[] = [];
  for (let at = 0; at < payload.length; ) {
    const size = payload[at]! >> 4 === 0 ? 64 : 128;
    const number = payload[at]! & 15;
    const table = Buffer.from(payload.subarray(at, at + 1 + size)).toString('latin1');
    if (read.scans > 0 && read.tables.has(number) && read.tables.get(number) !== table)
      found.push('JPEG segment DQT, of another table behind a scan');
    read.tables.set(number, table);
    at += 1 + size;
  }
  return found;
}

/**
 * Each coefficient is sent once, or once and then bit by bit. Of one that is sent again programs show
 * the first or the last.
 */
function unknownInScan(payload: Uint8Array, read: Read): string[] {
  read.scans += 1;
  const { frame, sent } = read;
  const count = payload[0] ?? 0;
  const own = Array.from({ length: count }, (_, i) => sent.get(payload[1 + 2 * i] ?? -1));
  // Of another kind of frame, which is named.
  if (!frame) return [];
  if (own.some((one) => one === undefined)) return ['JPEG scan of a component that its frame has not'];
  const [from, to, bits] = [payload[1 + 2 * count] ?? 0, payload[2 + 2 * count] ?? 63, payload[3 + 2 * count] ?? 0];
  // Sequential scans send all of a component, whatever they say.
  const [first, last] = frame.isProgressive ? [from, Math.min(63, to)] : [0, 63];
  const [before, low] = frame.isProgressive ? [bits >> 4, bits & 15] : [0, 0];
  let isInOrder = true;
  for (const coefficients of own)
    for (let k = first; k <= last; k++) {
      const known = coefficients!.get(k);
      isInOrder &&= before === 0 ? known === undefined : known === before && low === before - 1;
      coefficients!.set(k, low);
    }
  return isInOrder ? [] : ['JPEG scan of what was sent before'];
}

/** How the components are told to be colours: by Adobe's segment, by JFIF, by their numbers. */
function unknownColours({ frame, hasJfif, transform, sent }: Read): string[] {
  if (!frame) return [];
  const count = frame.components.length;
  const numbers = frame.components.map(({ id }) => id).join(' ');
  const isMissing = [...sent.values()].some((one) => one.size === 0);
  const found = isMissing ? ['JPEG component without a scan'] : [];
  if (count === 3) {
    const isRgb = numbers === '82 71 66';
    if (transform !== undefined && transform > 1) found.push(`JPEG colour transform ${transform}`);
    // JFIF is Y Cb Cr, which some decoders hold to and some do not.
    if (hasJfif && (transform === 0 || isRgb)) found.push('JPEG colours of JFIF and others');
    if (!hasJfif && transform === undefined && !isRgb && !['1 2 3', '0 1 2'].includes(numbers))
      found.push(`JPEG components ${numbers}`);
  }
  if (count === 4 && transform !== 0 && transform !== 2)
    found.push(transform === undefined ? 'JPEG colours of four components' : `JPEG colour transform ${transform}`);
  return found;
}
