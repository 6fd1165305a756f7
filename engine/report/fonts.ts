// Fonts for any script: the Noto families (SIL Open Font License) from npm. A font is read when the
// first character asks for it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Family name in the document -> file in its package, and the scripts (ISO 15924, as Unicode names
 * them) it is asked for.
 */
const FILES = [
  ['sans', 'noto-sans/400Regular/NotoSans_400Regular.ttf', ''],
  ['sans-bold', 'noto-sans/600SemiBold/NotoSans_600SemiBold.ttf', ''],
  ['arabic', 'noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf', 'Arabic'],
  ['armenian', 'noto-sans-armenian/400Regular/NotoSansArmenian_400Regular.ttf', 'Armenian'],
  ['bengali', 'noto-sans-bengali/400Regular/NotoSansBengali_400Regular.ttf', 'Bengali'],
  ['devanagari', 'noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf', 'Devanagari'],
  ['ethiopic', 'noto-sans-ethiopic/400Regular/NotoSansEthiopic_400Regular.ttf', 'Ethiopic'],
  ['georgian', 'noto-sans-georgian/400Regular/NotoSansGeorgian_400Regular.ttf', 'Georgian'],
  ['gujarati', 'noto-sans-gujarati/400Regular/NotoSansGujarati_400Regular.ttf', 'Gujarati'],
  ['gurmukhi', 'noto-sans-gurmukhi/400Regular/NotoSansGurmukhi_400Regular.ttf', 'Gurmukhi'],
  ['hebrew', 'noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf', 'Hebrew'],
  ['kannada', 'noto-sans-kannada/400Regular/NotoSansKannada_400Regular.ttf', 'Kannada'],
  ['khmer', 'noto-sans-khmer/400Regular/NotoSansKhmer_400Regular.ttf', 'Khmer'],
  ['lao', 'noto-sans-lao/400Regular/NotoSansLao_400Regular.ttf', 'Lao'],
  ['malayalam', 'noto-sans-malayalam/400Regular/NotoSansMalayalam_400Regular.ttf', 'Malayalam'],
  ['myanmar', 'noto-sans-myanmar/400Regular/NotoSansMyanmar_400Regular.ttf', 'Myanmar'],
  ['sinhala', 'noto-sans-sinhala/400Regular/NotoSansSinhala_400Regular.ttf', 'Sinhala'],
  ['tamil', 'noto-sans-tamil/400Regular/NotoSansTamil_400Regular.ttf', 'Tamil'],
  ['telugu', 'noto-sans-telugu/400Regular/NotoSansTelugu_400Regular.ttf', 'Telugu'],
  ['thai', 'noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf', 'Thai'],
  ['korean', 'noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf', 'Hangul'],
  ['chinese', 'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf', 'Han Hiragana Katakana Bopomofo'],
  ['symbols', 'noto-sans-symbols/400Regular/NotoSansSymbols_400Regular.ttf', ''],
  ['symbols-2', 'noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf', ''],
  ['emoji', 'noto-emoji/400Regular/NotoEmoji_400Regular.ttf', ''],
] as const;

export type FontName = (typeof FILES)[number][0];

const BY_SCRIPT: readonly [RegExp, FontName][] = FILES.flatMap(([name, , scripts]) =>
  scripts
    .split(' ')
    .filter(Boolean)
    .map((script): [RegExp, FontName] => [new RegExp(`^\\p{Script_Extensions=${script}}`, 'u'), name]),
);

/** Asked, in this order, for signs that belong to no script: punctuation, symbols, pictures. */
const FOR_SIGNS: readonly FontName[] = ['sans', 'symbols-2', 'symbols', 'emoji', 'chinese', 'korean', 'arabic'];

/**
 * Fonts that may have a character, in the order they are to be asked; `preferred` is asked before
 * them.
 */
export function* fontsFor(character: string, preferred: FontName): Generator<FontName> {
  yield preferred;
  if (/^\p{Emoji_Presentation}/u.test(character)) yield 'emoji';
  yield 'sans';
  for (const [script, name] of BY_SCRIPT) if (script.test(character)) yield name;
  if (/^[\p{Script=Common}\p{Script=Inherited}]/u.test(character)) yield* FOR_SIGNS;
}

const loaded = new Map<FontName, Buffer>();

/** The font file of a name. */
export function fontFile(name: FontName): Buffer {
  const known = loaded.get(name);
  if (known) return known;
  const bytes = readFileSync(require.resolve(`@expo-google-fonts/${FILES.find(([one]) => one === name)![1]}`));
  loaded.set(name, bytes);
  return bytes;
}
