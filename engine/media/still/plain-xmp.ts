// XMP as every reader reads it: a grammar so narrow (ASCII, no entities, comments, sections or prefixes that
// are bound twice) that XML leaves no second way to understand it. What is beyond it is not read. Pure.

/** Values by name: one, or those of a list. */
export type XmpValues = ReadonlyMap<string, readonly string[]>;

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const NAME = '[A-Za-z][\\w-]*(?::[A-Za-z][\\w-]*)?';
const ATTRIBUTE = `(${NAME})\\s*=\\s*(?:"([^"<&]*)"|'([^'<&]*)')`;
/** A tag that opens, is empty, or closes; or text. */
const TOKEN = new RegExp(`<(${NAME})((?:\\s+${ATTRIBUTE})*)\\s*(/?)>|</(${NAME})\\s*>|([^<>&]+)`, 'y');
/** The mark of the order of bytes stands in the packet's own tag. */
const PACKET = /^\s*<\?xpacket begin=["'](\xef\xbb\xbf)?["'] id=["']\w*["']\?>|<\?xpacket end=["'][rw]["']\?>[\s\0]*$/g;
/** Where namespaces are bound, and on what. */
const BINDING = /^(x:xmpmeta|rdf:RDF|rdf:Description)$/;

type Open = { name: string; text: string; items: string[] };

/** Values of each namespace's properties; undefined where the block is not of that grammar. Latin-1. */
export function plainXmp(block: string): ReadonlyMap<string, XmpValues> | undefined {
  const xmp = block.replaceAll(PACKET, '').replace(/\0+$/, '');
  if (!/^[\t\n\r\x20-\x7e]*$/.test(xmp)) return undefined;
  const bound = new Map<string, string>();
  const said: { name: string; values: string[] }[] = [];
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
      open.push({ name: begins, text: '', items: [] });
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
      said.push({ name: name!, values: [value.trim()] });
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
  function take({ name, text, items }: Open): boolean {
    const outer = open.at(-1);
    if (items.length > 0 && text.trim() !== '') return false;
    if (name === 'rdf:li') outer?.items.push(text.trim());
    else if (/^rdf:(Seq|Bag|Alt)$/.test(name)) outer?.items.push(...items);
    else if (outer?.name === 'rdf:Description')
      // A list of one some readers take for its value, and others for none.
      said.push({ name, values: items.length === 1 ? [] : items.length > 0 ? items : [text.trim()] });
    else return BINDING.test(name);
    return outer !== undefined;
  }

  function byNamespace(): ReadonlyMap<string, XmpValues> | undefined {
    const found = new Map<string, Map<string, readonly string[]>>();
    for (const { name, values } of said) {
      const [prefix, own] = name.split(':') as [string, string | undefined];
      const uri = bound.get(prefix);
      if (own === undefined || (uri === undefined && prefix !== 'xml')) return undefined;
      const one = found.get(uri ?? 'xml') ?? new Map<string, readonly string[]>();
      if (one.has(own) && uri !== RDF) return undefined;
      one.set(own, values);
      found.set(uri ?? 'xml', one);
    }
    return found;
  }
}
