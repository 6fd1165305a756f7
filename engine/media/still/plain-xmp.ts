// XMP as every reader reads it: a grammar so narrow (ASCII, no entities, comments, sections or prefixes that
// are bound twice) that XML leaves no second way to understand it. What is beyond it is not read. Pure.

/**
 * Values by name: one, or those of the one ordered list that a property consists of; none of whatever else
 * some readers take for a value and others for none (a list of one, of another kind, or in pieces).
 */
export type XmpValues = ReadonlyMap<string, XmpValue>;
/** `isAttribute`: it is written as one; some readers look for values nowhere else. */
export type XmpValue = { values: readonly string[]; isAttribute: boolean };

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const NAME = '[A-Za-z][\\w-]*(?::[A-Za-z][\\w-]*)?';
const ATTRIBUTE = `(${NAME})\\s*=\\s*(?:"([^"<&]*)"|'([^'<&]*)')`;
/** A tag that opens, is empty, or closes; or text. */
const TOKEN = new RegExp(`<(${NAME})((?:\\s+${ATTRIBUTE})*)\\s*(/?)>|</(${NAME})\\s*>|([^<>&]+)`, 'y');
/** The mark of the order of bytes stands in the packet's own tag. */
const PACKET = /^\s*<\?xpacket begin=["'](\xef\xbb\xbf)?["'] id=["']\w*["']\?>|<\?xpacket end=["'][rw]["']\?>[\s\0]*$/g;
/** Where namespaces are bound, and on what. */
const BINDING = /^(x:xmpmeta|rdf:RDF|rdf:Description)$/;

/** `within`: names of the elements in it; `items`: texts of the list that it is, or consists of. */
type Open = { name: string; text: string; within: string[]; items: string[] };
const LIST = /^rdf:(Seq|Bag|Alt)$/;

/** A pattern for this would look from each zero to the next letter. */
function withoutZerosBehind(text: string): string {
  let to = text.length;
  while (text[to - 1] === '\0') to -= 1;
  return text.slice(0, to);
}

/** Values of each namespace's properties; undefined where the block is not of that grammar. Latin-1. */
export function plainXmp(block: string): ReadonlyMap<string, XmpValues> | undefined {
  const xmp = withoutZerosBehind(block.replaceAll(PACKET, ''));
  if (!/^[\t\n\r\x20-\x7e]*$/.test(xmp)) return undefined;
  const bound = new Map<string, string>();
  const said: ({ name: string } & XmpValue)[] = [];
  const open: Open[] = [];
  // Of several, readers take the first or the last, or what is in all of them.
  let descriptions = 0;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < xmp.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(xmp);
    if (!token) return undefined;
    const [, begins, attributes = '', , , , isEmpty, ends, text] = token;
    const outer = open.at(-1);
    if (text !== undefined) {
      if (outer) outer.text += text;
      else if (text.trim() !== '') return undefined;
    }
    if (begins !== undefined) {
      const isInPlace = begins !== 'rdf:Description' || (outer?.name === 'rdf:RDF' && ++descriptions === 1);
      if (!isInPlace || !takeAttributes(begins, attributes)) return undefined;
      outer?.within.push(begins);
      open.push({ name: begins, text: '', within: [], items: [] });
    }
    const closes = ends ?? (isEmpty === '/' ? begins : undefined);
    if (closes === undefined) continue;
    const closed = open.pop();
    if (closed?.name !== closes || !take(closed)) return undefined;
  }
  return open.length > 0 || bound.get('rdf') !== RDF ? undefined : byNamespace();

  function takeAttributes(element: string, attributes: string): boolean {
    const own = new Set<string>();
    for (const [, name, double, single] of attributes.matchAll(new RegExp(ATTRIBUTE, 'g'))) {
      const value = double ?? single ?? '';
      if (own.has(name!)) return false;
      own.add(name!);
      const prefix = /^xmlns:(.*)$/.exec(name!)?.[1];
      if (name === 'xmlns' || (prefix !== undefined && (!BINDING.test(element) || !bind(prefix, value)))) return false;
      if (prefix !== undefined || name === 'xml:lang' || name === 'x:xmptk') continue;
      // On anything but a description they are not properties: no reader is to find them there.
      if (element !== 'rdf:Description' || (name!.startsWith('rdf:') && name !== 'rdf:about')) return false;
      said.push({ name: name!, values: [value.trim()], isAttribute: true });
    }
    return true;
  }

  /** A prefix is one namespace everywhere, and a namespace has one. */
  function bind(prefix: string, uri: string): boolean {
    if (bound.has(prefix) || [...bound.values()].includes(uri)) return bound.get(prefix) === uri;
    bound.set(prefix, uri);
    return true;
  }

  /** A property is a child of a description: text, or a list of texts. */
  function take({ name, text, within, items }: Open): boolean {
    const outer = open.at(-1);
    if (within.length > 0 && text.trim() !== '') return false;
    if (name === 'rdf:li') {
      outer?.items.push(text.trim());
      return outer !== undefined && LIST.test(outer.name) && within.length === 0;
    }
    if (LIST.test(name)) {
      outer?.items.push(...items);
      return open.at(-2)?.name === 'rdf:Description' && within.every((one) => one === 'rdf:li');
    }
    if (outer?.name !== 'rdf:Description') return BINDING.test(name);
    const isList = within.join() === 'rdf:Seq' && items.length > 1;
    said.push({ name, values: within.length === 0 ? [text.trim()] : isList ? items : [], isAttribute: false });
    return true;
  }

  function byNamespace(): ReadonlyMap<string, XmpValues> | undefined {
    const found = new Map<string, Map<string, XmpValue>>();
    for (const { name, ...value } of said) {
      const [prefix, own] = name.split(':') as [string, string | undefined];
      const uri = bound.get(prefix);
      if (own === undefined || (uri === undefined && prefix !== 'xml')) return undefined;
      const one = found.get(uri ?? 'xml') ?? new Map<string, XmpValue>();
      if (one.has(own) && uri !== RDF) return undefined;
      one.set(own, value);
      found.set(uri ?? 'xml', one);
    }
    return found;
  }
}
