// A model made of models as an entry of the library: what it is made of is its file, a page of JSON
// that is known by its hash as weights are.
import { COMPOSITE, type Composite, compositeSchema, fusionWords } from '../../contract/composite.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Model, Passport } from '../../contract/model.ts';
import type { ValidationRecord } from '../../contract/validation.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { canonicalJson, hashOfValue } from '../files/canonical-json.ts';

/** The file of a composite. */
export const bytesOfComposite = (composite: Composite): Uint8Array =>
  Buffer.from(`${canonicalJson(compositeSchema.parse(composite))}\n`);

/** The id of an entry: what it is made of, under its name. */
export const idOfComposite = ({ name, passport }: Pick<Model, 'name' | 'passport'>) =>
  hashOfValue({ name, composite: passport.composite });

/** The model, if it can be a part. Throws MODEL_REFUSED. */
export function expectPart(model: Model): Model {
  const { name, passport, validation } = model;
  if (passport.composite) throw new RecceError('MODEL_REFUSED', name, 'it is made of other models itself: fuse those.');
  if (!validation)
    throw new RecceError('MODEL_REFUSED', name, 'it has no validation record: validate it before it is fused.');
  return model;
}

/** Why a composite gives no score; undefined where it does. `library`: its models by id. */
export function whyNoScore(
  { passport }: Pick<Model, 'passport'>,
  library: ReadonlyMap<string, Pick<Model, 'name' | 'retired'>>,
): string | undefined {
  for (const { modelId, name } of passport.composite?.parts ?? []) {
    const part = library.get(modelId);
    if (!part) return `its part ${name} (${modelId.slice(0, 12)}) is not in the library.`;
    if (part.retired)
      return `its part ${part.name} was retired${part.retired.reason ? `: ${part.retired.reason}` : '.'}`;
  }
  return undefined;
}

/** Throws MODEL_CHANGED where the card says other things than the file that it names. */
export function expectFileOf({ name, passport }: Model, file: Uint8Array): void {
  if (!passport.composite || sha256Of(bytesOfComposite(passport.composite)) === sha256Of(file)) return;
  throw new RecceError(
    'MODEL_CHANGED',
    name,
    'its card says other weights than its file. Put back the card as it was.',
  );
}

/** A new entry, without its record. */
export function describeComposite(
  name: string,
  parts: readonly Model[],
  { intercept, parts: weights }: { intercept: number; parts: readonly { weight: number }[] },
  { datasetSha256, madeAt, dataset }: ValidationRecord,
): Model {
  const composite: Composite = {
    fusion: 'logistic',
    intercept,
    parts: parts.map(({ id, name: called, validation }, i) => ({
      modelId: id,
      name: called,
      weight: weights[i]!.weight,
      validationSha256: hashOfValue(validation),
    })),
    fittedOn: datasetSha256,
  };
  const bytes = bytesOfComposite(composite);
  const { inputPx, cropRecipe, interpolation, mean, std, channelOrder } = parts[0]!.passport;
  const passport: Passport = {
    ...{ architecture: COMPOSITE, decoder: false, composite, sha256: sha256Of(bytes), sizeBytes: bytes.length },
    ...{ container: 'composite', layout: 'composite', numClasses: 1, classMap: { genuine: 0, forged: 1 } },
    ...{ inputPx, cropRecipe, interpolation, mean, std, channelOrder },
    geometry: 'declared',
    licence: parts.map(({ name: called, passport: { licence } }) => `${called}: ${licence}`).join('; '),
    dropped: [],
    remarks: [
      `Its faces are shown as ${parts[0]!.name} is fed; each part is fed as its own passport says.`,
      'Where one of its parts can give no score, it gives none.',
    ],
  };
  return {
    id: idOfComposite({ name, passport }),
    name,
    description: `Made of ${parts.map((part) => part.name).join(' and ')}: their logits fused by logistic regression on ${dataset} (${fusionWords(composite)}).`,
    limits: parts.flatMap((part) => (part.limits ? [`${part.name}: ${part.limits}`] : [])).join(' '),
    demonstration: parts.some(({ demonstration }) => demonstration),
    parentId: null,
    passport,
    ...{ decoderTest: null, validation: null, operatingPoints: null },
    addedAt: madeAt,
  };
}
