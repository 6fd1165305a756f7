// Fonts for any script: the Noto families (SIL Open Font License) from npm, asked in order for each character. Read once.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Family name in the document -> file in its package. Order is preference. */
const FILES = [
  ['sans', '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'],
  ['sans-bold', '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'],
  ['arabic', '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf'],
  ['hebrew', '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf'],
  ['devanagari', '@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf'],
  ['thai', '@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf'],
  ['chinese', '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'],
  ['korean', '@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf'],
] as const;

export type FontName = (typeof FILES)[number][0];

/** Fonts that may stand in for a character the main one lacks. */
export const FALLBACKS: readonly FontName[] = ['sans', 'arabic', 'hebrew', 'devanagari', 'thai', 'chinese', 'korean'];

const loaded = new Map<FontName, Buffer>();

/** The font file of a name. */
export function fontFile(name: FontName): Buffer {
  const known = loaded.get(name);
  if (known) return known;
  const bytes = readFileSync(require.resolve(FILES.find(([one]) => one === name)![1]));
  loaded.set(name, bytes);
  return bytes;
}
