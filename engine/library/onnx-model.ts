// A network of one's own (ONNX) as an entry of the library: what its owner declares held against
// what the file says, run for the first time apart, and nothing kept of one that is refused.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { ONNX } from '../../contract/architecture.ts';
import type { Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Model, Parity, Passport } from '../../contract/model.ts';
import {
  type OnnxPassport,
  type OnnxTrial,
  onnxPassportSchema,
  type OnnxTensor as SaidTensor,
  tensorWords,
} from '../../contract/onnx-passport.ts';
import type { OnnxFacts, OnnxTensor } from '../../models/onnx/read-onnx.ts';
import { type FirstLookOptions, lookFirst, type Runs } from '../compute/first-look.ts';
import { scoreCrops } from '../examine/score-crops.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { firstIssue } from '../files/first-issue.ts';
import { encodeRgbPng } from '../media/encode-png.ts';
import { ChildProcessError, ChildRefusal } from '../process/supervised-child.ts';
import { type FaceSource, sampleCrops } from './decoder-test.ts';
import { knownRecipe, WITHOUT_RECORD } from './describe-weights.ts';
import { type Expected, expectedCrops, expectParity, type PictureSource } from './onnx-parity.ts';

/** Faces whose scores are shown back before a network is kept. */
const SHOWN_FACES = 3;
/** A passport is a page of text. */
const PASSPORT_LIMIT_BYTES = 100_000;

const refused = (subject: string, why: string, cause?: unknown): RecceError =>
  new RecceError('MODEL_REFUSED', subject, why, { cause });

/** Reads a passport's YAML. Throws PATH_NOT_FOUND; MODEL_REFUSED naming the key that is wrong. */
export async function readOnnxPassport(file: string): Promise<OnnxPassport> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', file, cause.message, { cause });
  });
  if (bytes.length > PASSPORT_LIMIT_BYTES) throw refused(file, 'it is too large to be a passport.');
  try {
    return onnxPassportSchema.parse(parse(bytes.toString('utf8'), { maxAliasCount: 0 }));
  } catch (error) {
    throw refused(file, `as a passport it is not right: ${firstIssue(error)}`, error);
  }
}

/** The id of an entry: the file under these very words, and held against these logits. */
export const idOfOnnx = ({ name, passport }: Pick<Model, 'name' | 'passport'>): Sha256 => {
  const { sha256, onnx, inputPx, cropRecipe, interpolation, mean, std, channelOrder, classMap, licence } = passport;
  return hashOfValue({
    ...{ name, sha256, onnx, inputPx, cropRecipe, interpolation, mean, std, channelOrder, classMap, licence },
    ...(passport.parity ? { parity: passport.parity.sha256 } : {}),
  });
};

/** The entry with what was found of its owner's logits. */
export function withParity(model: Model, parity: Parity | null): Model {
  if (!parity) return model;
  const passport = { ...model.passport, parity };
  return { ...model, passport, id: idOfOnnx({ name: model.name, passport }) };
}

export type OnnxFile = { path: string; sha256: Sha256; sizeBytes: number; facts: OnnxFacts };

/** The entry as declared. Throws MODEL_REFUSED where the file contradicts what is declared of it. */
export function describeOnnx(
  { path: file, sha256, sizeBytes, facts }: OnnxFile,
  said: OnnxPassport,
  addedAt: string,
): Model {
  const { name, description, limits, input, output, layout, valueRange, answer, features, ...fed } = said;
  const { inputPx, channelOrder, mean, std, classMap, licence } = fed;
  const fixed = expectInput(file, facts, said);
  const answering = expectOutput(file, facts, output);
  if (features !== null) expectOutput(file, facts, features);
  const passport: Passport = {
    ...{ architecture: ONNX, decoder: false, sha256, sizeBytes, container: 'onnx', layout: 'onnx' },
    // Of a free batch axis one picture a run: a result then never depends on what is run beside it.
    onnx: { input, layout, valueRange, output, answer, features, batch: fixed ?? 1 },
    numClasses: answer === 'softmax' || answering.shape.at(-1) === 2 ? 2 : 1,
    ...{ classMap, inputPx, channelOrder, mean, std, licence },
    cropRecipe: knownRecipe(said.cropRecipe, file),
    interpolation: said.resize,
    geometry: 'declared',
    dropped: [],
    remarks: ['Its owner declares how it is fed and what it answers.', ...remarkOnAnswer(answer)],
  };
  return {
    id: idOfOnnx({ name, passport }),
    name,
    description: description || `A network of one's own, imported from ${path.basename(file)}.`,
    limits: `${limits} ${WITHOUT_RECORD}`.trim(),
    ...{ demonstration: false, parentId: null, passport, decoderTest: null, validation: null, operatingPoints: null },
    addedAt,
  };
}

function remarkOnAnswer(answer: OnnxPassport['answer']): string[] {
  if (answer === 'logit') return [];
  const reach = answer === 'sigmoid' ? '-87.3 to 16.6' : '-87.3 to 87.3';
  return [
    `It answers with a ${answer} in single precision; the logit is its log odds, which such a number can tell from ${reach} and is held there.`,
  ];
}

/** A tensor of the file as the contract has it. */
export const tensorAsRead = ({ name, isFloat, shape }: OnnxTensor): SaidTensor => ({
  ...{ name, isFloat },
  shape: shape.map((dim) => dim ?? null),
});

const shapeWords = (tensor: OnnxTensor): string => tensorWords(tensorAsRead(tensor));

/** The number of pictures that the file fixes; null for a free batch axis. */
function expectInput(file: string, { inputs }: OnnxFacts, { input, inputPx, layout }: OnnxPassport): number | null {
  const found = inputs.find(({ name }) => name === input);
  const others = inputs.filter((one) => one !== found).map(({ name }) => name);
  const all = inputs.map(shapeWords).join('; ') || 'none';
  if (!found) throw refused(file, `it has no input "${input}". It has: ${all}.`);
  if (others.length > 0)
    throw refused(file, `it wants ${others.join(', ')} beside ${input}; a picture alone is given.`);
  if (!found.isFloat) throw refused(file, `its input ${input} does not take float32.`);
  const wanted = layout === 'NCHW' ? [3, inputPx, inputPx] : [inputPx, inputPx, 3];
  const [batch, ...rest] = found.shape;
  const fits = found.shape.length === 4 && rest.every((dim, i) => dim === undefined || dim === wanted[i]);
  if (!fits)
    throw refused(file, `its input is ${shapeWords(found)}; as declared it would be [n, ${wanted.join(', ')}].`);
  if (batch !== undefined && batch > 64) throw refused(file, `it fixes ${batch} pictures a run; 64 are the most.`);
  return batch ?? null;
}

function expectOutput(file: string, { outputs }: OnnxFacts, wanted: string): OnnxTensor {
  const found = outputs.find(({ name }) => name === wanted);
  if (!found) throw refused(file, `it has no output "${wanted}". It has: ${outputs.map(shapeWords).join('; ')}.`);
  if (!found.isFloat) throw refused(file, `its output ${wanted} is not float32: it gives no numbers to score by.`);
  return found;
}

/**
 * Runs the network on three faces of the bundled photographs, apart from everything else. Throws
 * MODEL_REFUSED for one that hangs, takes too much memory, cannot be run, gives no number or
 * another shape than declared, answers the same picture differently, or gives not the logits that
 * its owner expects.
 */
export async function tryOnnx(
  onnx: Uint8Array,
  model: Model,
  subject: string,
  {
    facesOf,
    pictureFrom,
    expected,
    ...options
  }: FirstLookOptions & { facesOf: FaceSource; pictureFrom: PictureSource; expected?: Expected | undefined },
): Promise<Pick<OnnxTrial, 'scores' | 'remarks' | 'parity'>> {
  const crops = (await sampleCrops(model.passport, facesOf)).slice(0, SHOWN_FACES);
  const compared = expected ? await expectedCrops(expected, model.passport, pictureFrom) : [];
  const pngs = await Promise.all(
    crops.map(async ({ data, widthPx, heightPx }) =>
      Buffer.from(await encodeRgbPng(data, widthPx, heightPx)).toString('base64'),
    ),
  );
  const logitsOf = async (compute: Runs, of: typeof crops) =>
    (await scoreCrops(compute, model, of)).map(({ logit, score }) => ({ logit, score }));
  try {
    return await lookFirst(
      onnx,
      async (compute) => {
        const first = await logitsOf(compute, crops);
        const alone: typeof first = [];
        for (const crop of crops) alone.push(...(await logitsOf(compute, [crop])));
        if (first.some(({ logit }, i) => logit !== alone[i]!.logit))
          throw refused(
            subject,
            'it does not answer the same picture the same way each time (it draws numbers at random, or mixes the pictures of a run). No result of it could be made again.',
          );
        const parity = expected
          ? expectParity(
              expected,
              (await logitsOf(compute, compared)).map(({ logit }) => logit),
              subject,
            )
          : null;
        const same = new Set(first.map(({ logit }) => logit)).size === 1;
        return {
          scores: first.map((one, i) => ({ face: `sample face ${i + 1}`, ...one, cropPng: pngs[i]! })),
          parity,
          remarks: same ? ['All sample faces got the same score. Is it fed as declared?'] : [],
        };
      },
      options,
    );
  } catch (error) {
    if (error instanceof RecceError && error.code === 'MODEL_REFUSED') throw error;
    if (error instanceof RecceError) throw refused(subject, `run on a sample face it failed: ${error.detail}`, error);
    if (error instanceof ChildProcessError || error instanceof ChildRefusal)
      throw refused(subject, `run on a sample face it failed: ${error.message}`, error);
    throw error;
  }
}
