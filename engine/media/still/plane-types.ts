// Auxiliary pictures that say of each pixel how far it is, or whether it is a person, skin, hair or sky:
// programs reckon with them, and none that is known draws them. Pure.

const PLANES =
  /^(urn:mpeg:(hevc:2015:auxid:2|mpegB:cicp:systems:auxiliary:depth)|urn:com:apple:photo:20\d\d:aux:(depth|disparity|portraiteffectsmatte|semantic(skin|hair|teeth|glasses|sky)matte))$/;
const NAMES: Readonly<Record<string, string>> = { 2: 'depth' };

/** What it is; undefined for every other type. */
export function planeName(type: string): string | undefined {
  if (!PLANES.test(type)) return undefined;
  const last = type.split(':').at(-1)!;
  return NAMES[last] ?? last;
}
