// What an owner types of a network of their own, and the passport it comes to.
import { type OnnxPassport, onnxPassportSchema } from '../../../contract/onnx-passport.ts';

export type Three = readonly [string, string, string];

/** As typed; empty: not declared. */
export type OnnxDraft = {
  name: string;
  input: string;
  inputPx: string;
  layout: string;
  channelOrder: string;
  low: string;
  high: string;
  mean: Three;
  std: Three;
  cropRecipe: string;
  resize: string;
  output: string;
  answer: string;
  /** The class, or the value of a single output, that means forged. */
  forged: string;
  licence: string;
  features: string;
  description: string;
  limits: string;
};

const NONE: Three = ['', '', ''];

export const EMPTY_DRAFT: OnnxDraft = {
  ...{ name: '', input: '', inputPx: '', layout: '', channelOrder: '', low: '', high: '', mean: NONE, std: NONE },
  ...{ cropRecipe: '', resize: '', output: '', answer: '', forged: '', licence: '' },
  ...{ features: '', description: '', limits: '' },
};

const three = (value: OnnxPassport['mean']): Three =>
  typeof value === 'number' ? [`${value}`, `${value}`, `${value}`] : [`${value[0]}`, `${value[1]}`, `${value[2]}`];

/** A passport as the fields show it. */
export function draftFrom({ classMap, valueRange, mean, std, inputPx, features, ...rest }: OnnxPassport): OnnxDraft {
  const [low, high] = valueRange.map(String) as [string, string];
  return {
    ...rest,
    ...{ low, high, mean: three(mean), std: three(std), inputPx: String(inputPx) },
    ...{ features: features ?? '', forged: String(classMap.forged) },
  };
}

const numberFrom = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));

/** The passport's keys as the dialog calls them. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ name: 'name', input: 'picture input', inputPx: 'input size', layout: 'layout', channelOrder: 'channel order' },
  ...{ valueRange: 'value range', mean: 'mean', std: 'deviation', cropRecipe: 'face crop', resize: 'resizing rule' },
  ...{ output: 'answering output', answer: 'what it answers', classMap: 'class that means forged', licence: 'licence' },
  ...{ features: 'what the classifier sees', description: 'description', limits: 'limits' },
};

/** A key of the passport as the head of a line. */
export function titleOfKey(key: string): string {
  const words = WORDS[key] ?? key;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The passport, or what still keeps it from being one. */
export type Declared = { passport: OnnxPassport } | { missing: readonly string[] };

/** `said`: the passport of a file, which stays as it is written where no field was changed. */
export function declaredFrom(draft: OnnxDraft, said: OnnxPassport | undefined): Declared {
  if (said && JSON.stringify(draftFrom(said)) === JSON.stringify({ ...draftFrom(said), ...draft }))
    return { passport: said };
  const { low, high, forged, features, ...typed } = draft;
  const parsed = onnxPassportSchema.safeParse({
    ...typed,
    name: draft.name.trim(),
    licence: draft.licence.trim(),
    inputPx: numberFrom(draft.inputPx),
    valueRange: [low, high].map(numberFrom),
    ...{ mean: draft.mean.map(numberFrom), std: draft.std.map(numberFrom) },
    classMap: forged === '' ? undefined : { genuine: 1 - Number(forged), forged: Number(forged) },
    features: features || null,
  });
  if (parsed.success) return { passport: parsed.data };
  const keys = parsed.error.issues.map(({ path }) => String(path[0]));
  return { missing: [...new Set(keys)].map((key) => WORDS[key] ?? key) };
}
