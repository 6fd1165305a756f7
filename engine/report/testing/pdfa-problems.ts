// What of PDF/A-3b (ISO 19005-3) can be read from a file's objects, checked over qpdf's JSON of
// them. Not a validator: fonts' glyphs and content streams are not looked into. Tests only.
import { execFileSync } from 'node:child_process';

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
type Dictionary = { [key: string]: Value };
type Objects = { get(value: Value | undefined): Value | undefined; all: [string, Value, Dictionary | undefined][] };

const isDictionary = (value: Value | undefined): value is Dictionary =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects of a file: `get` follows a reference, streams are known by their dictionary. */
function readObjects(file: string): { objects: Objects; trailer: Dictionary } {
  const text = execFileSync('qpdf', ['--json=2', '--json-stream-data=none', file], { maxBuffer: 2 ** 30 }).toString();
  const [, table] = JSON.parse(text).qpdf as [
    unknown,
    Record<string, { value?: Value; stream?: { dict: Dictionary } }>,
  ];
  const objectOf = (key: string): Value | undefined => table[key]?.value ?? table[key]?.stream?.dict;
  const objects: Objects = {
    get: (value) => (typeof value === 'string' && /^\d+ \d+ R$/.test(value) ? objectOf(`obj:${value}`) : value),
    all: Object.entries(table)
      .filter(([key]) => key.startsWith('obj:'))
      .map(([key, one]) => [key, one.value ?? one.stream?.dict ?? null, one.stream?.dict]),
  };
  return { objects, trailer: table.trailer!.value as Dictionary };
}

const streamOf = (file: string, reference: Value | undefined): Buffer =>
  execFileSync('qpdf', [`--show-object=${String(reference).split(' ')[0]}`, '--filtered-stream-data', file], {
    maxBuffer: 2 ** 28,
  });

/** Sentences, empty for a file that breaks none of the rules looked at. `bytes` are the file's. */
export function findPdfAProblems(file: string, bytes: Uint8Array): string[] {
  const { objects, trailer } = readObjects(file);
  const root = objects.get(trailer['/Root']) as Dictionary;
  return [
    ...headerProblems(bytes),
    ...(trailer['/Encrypt'] === undefined ? [] : ['6.1.3: the file is encrypted']),
    ...(Array.isArray(trailer['/ID']) ? [] : ['6.1.3: the trailer has no ID']),
    ...metadataProblems(file, root),
    ...intentProblems(file, objects, root),
    ...objectProblems(objects),
    ...fontProblems(objects),
    ...attachmentProblems(objects, root),
  ];
}

function headerProblems(bytes: Uint8Array): string[] {
  const problems: string[] = [];
  if (!/^%PDF-1\.[0-7]\n/.test(Buffer.from(bytes.subarray(0, 9)).toString('latin1')))
    problems.push('6.1.2: the header is not %PDF-1.n');
  if (bytes[9] !== 0x25 || bytes.subarray(10, 14).some((byte) => byte < 128))
    problems.push('6.1.2: no comment of four bytes above 127 follows the header');
  return problems;
}

function metadataProblems(file: string, root: Dictionary): string[] {
  if (root['/Metadata'] === undefined) return ['6.6.2: the catalog has no metadata'];
  const xmp = streamOf(file, root['/Metadata']).toString('utf8');
  const problems: string[] = [];
  if (!/<pdfaid:part>3<\/pdfaid:part>/.test(xmp)) problems.push('6.6.4: pdfaid:part is not 3');
  if (!/<pdfaid:conformance>B<\/pdfaid:conformance>/.test(xmp)) problems.push('6.6.4: pdfaid:conformance is not B');
  if (/&(?!(amp|lt|gt|quot|apos);)/.test(xmp)) problems.push('6.6.2: the XMP holds a bare &');
  const depth = [...xmp.matchAll(/<(\/?)[a-z]+:?\w*(?:\s[^<>]*?)?(\/?)>/gi)].reduce(
    (sum, [, closing, empty]) => sum + (closing ? -1 : empty ? 0 : 1),
    0,
  );
  if (depth !== 0) problems.push('6.6.2: the XMP is not well-formed');
  return problems;
}

function intentProblems(file: string, objects: Objects, root: Dictionary): string[] {
  const intents = (objects.get(root['/OutputIntents']) as Value[] | undefined) ?? [];
  const intent = objects.get(intents[0]) as Dictionary | undefined;
  if (intent?.['/S'] !== '/GTS_PDFA1') return ['6.2.3: there is no GTS_PDFA1 output intent'];
  const profile = streamOf(file, intent['/DestOutputProfile']);
  const [signature, space] = [profile.toString('latin1', 36, 40), profile.toString('latin1', 16, 20)];
  return signature === 'acsp' && space === 'RGB ' ? [] : ['6.2.3: the output profile is no RGB ICC profile'];
}

const FORBIDDEN_ACTIONS = ['/JavaScript', '/Launch', '/Sound', '/Movie', '/ImportData', '/ResetForm', '/Hide'];

function objectProblems({ all }: Objects): string[] {
  return all.flatMap(([key, value, stream]) => {
    if (!isDictionary(value)) return [];
    const problems: string[] = [];
    if (stream && JSON.stringify(stream['/Filter'] ?? '').includes('/LZWDecode')) problems.push('6.1.7: LZW is used');
    if (stream && stream['/F'] !== undefined) problems.push('6.1.7: a stream lies outside the file');
    if (value['/Interpolate'] === true) problems.push('6.2.8: an image is interpolated');
    if (typeof value['/S'] === 'string' && FORBIDDEN_ACTIONS.includes(value['/S']))
      problems.push(`6.5: ${value['/S']}`);
    if (value['/AA'] !== undefined) problems.push('6.5.2: an additional action');
    if (value['/Subtype'] === '/Widget' || value['/Type'] === '/Annot') problems.push(...annotationProblems(value));
    if (value['/TR'] !== undefined || value['/HTP'] !== undefined) problems.push('6.2.5: a transfer function');
    if (value['/NeedAppearances'] === true) problems.push('6.4.1: NeedAppearances');
    return problems.map((one) => `${one} (${key})`);
  });
}

/** Printed, not hidden, and with an appearance unless it has no size. */
function annotationProblems(annotation: Dictionary): string[] {
  const flags = Number(annotation['/F'] ?? 0);
  const rect = annotation['/Rect'] as number[];
  const empty = rect[0] === rect[2] && rect[1] === rect[3];
  return [
    ...((flags & 4) === 4 && (flags & (1 | 2 | 32)) === 0 ? [] : [`6.3.2: annotation flags ${flags}`]),
    ...(empty || annotation['/AP'] !== undefined ? [] : ['6.3.3: an annotation without appearance']),
  ];
}

function fontProblems({ all, get }: Objects): string[] {
  const fonts = all
    .map(([, value]) => value)
    .filter((one): one is Dictionary => isDictionary(one) && one['/Type'] === '/Font');
  return fonts.flatMap((font) => {
    const name = String(font['/BaseFont']);
    if (font['/Subtype'] === '/Type0')
      return font['/ToUnicode'] === undefined ? [`6.2.11.7: ${name} has no ToUnicode`] : [];
    const descriptor = get(font['/FontDescriptor']);
    const embedded =
      isDictionary(descriptor) &&
      ['/FontFile', '/FontFile2', '/FontFile3'].some((key) => descriptor[key] !== undefined);
    const mapped = font['/Subtype'] !== '/CIDFontType2' || font['/CIDToGIDMap'] !== undefined;
    return [
      ...(embedded ? [] : [`6.2.11.4: ${name} is not embedded`]),
      ...(mapped ? [] : [`6.2.11.3: ${name} has no CIDToGIDMap`]),
    ];
  });
}

function attachmentProblems({ all, get }: Objects, root: Dictionary): string[] {
  const associated = JSON.stringify(get(root['/AF']) ?? []);
  return all.flatMap(([key, value]) => {
    if (!isDictionary(value) || value['/Type'] !== '/Filespec') return [];
    const file = get((get(value['/EF']) as Dictionary | undefined)?.['/F']) as Dictionary | undefined;
    const parameters = get(file?.['/Params']) as Dictionary | undefined;
    return [
      ...(value['/F'] && value['/UF'] ? [] : ['6.8: an embedded file without F and UF']),
      ...(value['/AFRelationship'] ? [] : ['6.8: an embedded file without relationship']),
      ...(file?.['/Subtype'] ? [] : ['6.8: an embedded file without type']),
      ...(parameters?.['/ModDate'] ? [] : ['6.8: an embedded file without date']),
      ...(associated.includes(key.slice('obj:'.length))
        ? []
        : ['6.8: an embedded file that is associated with nothing']),
    ];
  });
}
