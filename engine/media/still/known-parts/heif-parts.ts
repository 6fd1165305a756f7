// What of a HEIF or AVIF file is not known here (ISO/IEC 14496-12, 23008-12, 23000-22; AV1 Image File
// Format). Pictures beside the primary one are named by picture-plan.ts. Pure.
import { type Box, BoxReader, boxesIn, topBoxes } from '../../heif/boxes.ts';
import { type HeifFile, type HeifItem, readHeifItems, referredBy } from '../../heif/heif-items.ts';
import { heifEnd } from '../boxed-end.ts';
import { isKnownUuid } from './known-uuids.ts';

/** At the top; a sequence, and what lies behind the picture, is named by other code. `sefd`: Samsung's notes. */
const AT_TOP = /^(ftyp|meta|mdat|free|skip|wide|pdin|moov|moof|mfra|sidx|styp|mpvd|sefd)$/;
const ONCE_AT_TOP = /^(ftyp|meta)$/;
const IN_META = /^(hdlr|dinf|pitm|iinf|iref|iprp|iloc|idat|grpl|xml |bxml|free|skip)$/;
const MAY_STAND_AGAIN = /^(free|skip|uuid)$/;

/** Codings of pictures and what they are made to, and metadata. Any other is named as a whole. */
const ITEMS = /^(hvc1|hev1|av01|jpeg|grid|iden|tmap|Exif|mime|uri )$/;
const CODED_ITEMS = /^(hvc1|hev1|av01|jpeg|grid|iden|tmap)$/;

/** Read and applied, or without effect on what is shown: of coding, of light, of the camera, of the user. */
const PROPERTIES =
  /^(hvcC|av1C|jpgC|ispe|pixi|colr|auxC|irot|imir|clap|pasp|clli|mdcv|cclv|amve|ndwt|reve|udes|altt|aebr|afbr|dobr|wbbr|cdef|rref|rloc|crtt|mdft|elng|cmin|cmex|free|skip)$/;
/** Each once for an item. */
const OWN_PROPERTY = /^(hvcC|av1C|ispe|pixi|auxC|irot|imir|clap|pasp)$/;
/** Cut before it is turned (ISO/IEC 23000-22, 7.3.6.7): some programs do that, others go by the file's order. */
const [CUT, TURNED] = ['clap', /^(irot|imir)$/] as const;

const REFERENCES = /^(dimg|auxl|thmb|cdsc|prem)$/;
/** What items belong together for: alternatives, a pair for both eyes, series. */
const GROUPS = /^(altr|ster|eqiv|brst|aebr|afbr|dobr|wbbr|favc|albc|iaug|slid|pano|tsyn)$/;

/** Names of parts; empty where all is known. Throws HeifRefusal. */
export function unknownInHeif(bytes: Uint8Array): string[] {
  const file = readHeifItems(bytes);
  return [
    ...unknownAtTop(bytes),
    ...[...file.again].filter((type) => !MAY_STAND_AGAIN.test(type)).map((type) => `HEIF box ${type}, twice`),
    ...[...file.items.values()].flatMap((item) => unknownOfItem(file, item)),
    ...unknownReferences(file),
  ];
}

function unknownAtTop(bytes: Uint8Array): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const end = heifEnd(bytes) ?? bytes.length;
  for (const box of topBoxes(bytes)) {
    const { type } = box;
    // What lies behind is told of as such.
    if (box.start >= end) break;
    if (type === 'uuid' ? !isKnownUuid(bytes, box) : !AT_TOP.test(type)) found.push(`HEIF box ${type}`);
    if (ONCE_AT_TOP.test(type) && seen.has(type)) found.push(`HEIF box ${type}, twice`);
    if (type === 'meta' && !seen.has('meta')) found.push(...unknownInMeta(bytes, box));
    seen.add(type);
  }
  return found;
}

function unknownInMeta(bytes: Uint8Array, meta: Box): string[] {
  return [...boxesIn(bytes, meta.from + 4, meta.to)].flatMap((box) => {
    const { type } = box;
    if (type === 'hdlr') return handlerOf(bytes, box) === 'pict' ? [] : [`HEIF handler ${handlerOf(bytes, box)}`];
    if (type === 'grpl')
      return [...boxesIn(bytes, box.from, box.to)]
        .filter((group) => !GROUPS.test(group.type))
        .map((group) => `HEIF group ${group.type}`);
    const isKnown = type === 'uuid' ? isKnownUuid(bytes, box) : IN_META.test(type);
    return isKnown ? [] : [`HEIF box ${type}`];
  });
}

function handlerOf(bytes: Uint8Array, box: Box): string {
  const reader = new BoxReader(bytes, box);
  reader.skip(8);
  return reader.fourCc();
}

function unknownOfItem(file: HeifFile, item: HeifItem): string[] {
  if (!ITEMS.test(item.type)) return [`HEIF item ${item.type}`];
  if (item.type === 'mime') return /^image\//i.test(item.contentType) ? ['HEIF item of an embedded picture'] : [];
  if (!CODED_ITEMS.test(item.type)) return [];
  const hidden = item.hidden && !isPartOrHelper(file, item) ? [`HEIF hidden item ${item.type}`] : [];
  const isTile = file.references.some(
    ({ type, from, to }) => type === 'dimg' && to.includes(item.id) && file.items.get(from)?.type === 'grid',
  );
  return [...hidden, ...unknownProperties(file, item, isTile)];
}

/** Made into another picture, an auxiliary one or a thumbnail. */
const isPartOrHelper = ({ references, primaryId }: HeifFile, { id }: HeifItem): boolean =>
  id === primaryId ||
  references.some(
    ({ type, from, to }) =>
      (type === 'dimg' && to.includes(id)) || ((type === 'auxl' || type === 'thmb') && from === id),
  );

function unknownProperties({ bytes }: HeifFile, { properties }: HeifItem, isTile: boolean): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const { box } of properties) {
    const { type } = box;
    const name = `HEIF property ${type}`;
    const isKnown = type === 'uuid' ? isKnownUuid(bytes, box) : PROPERTIES.test(type);
    if (!isKnown || !isAsItShould(bytes, box)) found.push(name);
    const once = type === 'colr' ? `colr ${new BoxReader(bytes, box).fourCc()}` : type;
    if ((OWN_PROPERTY.test(type) || type === 'colr') && seen.has(once)) found.push(`${name}, twice`);
    if (isTile && (type === CUT || TURNED.test(type))) found.push(`${name} of a tile`);
    if (type === CUT && [...seen].some((one) => TURNED.test(one))) found.push(`${name}, out of its place`);
    seen.add(once);
  }
  return found;
}

function isAsItShould(bytes: Uint8Array, box: Box): boolean {
  const reader = new BoxReader(bytes, box);
  if (box.type === 'colr') return /^(nclx|prof|rICC)$/.test(reader.fourCc());
  if (box.type !== 'pasp') return true;
  // Samples that are no squares.
  const [across, down] = [reader.u32(), reader.u32()];
  return across === down;
}

function unknownReferences(file: HeifFile): string[] {
  const { references, primaryId } = file;
  const found = references.filter(({ type }) => !REFERENCES.test(type)).map(({ type }) => `HEIF reference ${type}`);
  const seen = new Set<string>();
  for (const { type, from } of references) {
    if (type === 'dimg' && seen.has(`${from}`)) found.push('HEIF reference dimg, twice');
    if (type === 'dimg') seen.add(`${from}`);
  }
  if (['thmb', 'auxl'].some((type) => referredBy(file, type, primaryId).length > 0))
    found.push('HEIF primary item that belongs to another');
  return found;
}
