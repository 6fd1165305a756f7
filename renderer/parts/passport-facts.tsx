// A model's passport, self-test and validation record as facts.
import { hasDecoder, NO_DECODER, networkWords, perChannelWords, rangeWords } from '../../contract/architecture.ts';
import type { Model } from '../../contract/model.ts';
import { parityWords } from '../../contract/onnx-passport.ts';
import { bytesText, instantText, numberText } from '../wording.ts';
import { type Fact, Facts } from './facts.tsx';
import { Copyable } from './hash.tsx';

export function selfTestWords({ decoderTest, passport }: Model): string {
  if (!hasDecoder(passport)) return `none to be made. ${NO_DECODER}`;
  if (!decoderTest) return 'not tested';
  const figures = `mean difference ${decoderTest.meanDifference.toFixed(3)} against ${decoderTest.meanColourDifference.toFixed(3)} of a plain colour, ${decoderTest.faces} faces`;
  return decoderTest.passed ? `passed: ${figures}` : `failed: ${figures}. Its reconstructions are not evidence`;
}

export function validationWords({ validation }: Model): string {
  if (!validation) return 'none: scores are raw and carry no error rate';
  const { dataset, genuine, forged, auc, aucInterval, eer } = validation;
  return `${dataset}: AUC ${auc.toFixed(3)} (${aucInterval[0].toFixed(3)} to ${aucInterval[1].toFixed(3)}), equal error rate ${eer.toFixed(3)}, ${numberText(genuine)} genuine and ${numberText(forged)} forged faces`;
}

export function PassportFacts({ model }: { model: Model }) {
  const { passport } = model;
  return (
    <Facts
      facts={[
        ['Name', model.name],
        ['SHA-256', <Copyable key="hash" text={model.id} name="the SHA-256" />],
        model.id === passport.sha256
          ? null
          : ['File, SHA-256', <Copyable key="file" text={passport.sha256} name="the file’s SHA-256" />],
        ['File', `${bytesText(passport.sizeBytes)}, ${passport.container} container, ${passport.layout} layout`],
        ['Network', networkWords(passport)],
        ...(passport.composite?.parts ?? []).map(
          ({ modelId, name, weight }, i): Fact => [
            `Part ${i + 1}`,
            <span key={modelId}>
              {name}, weight {weight.toFixed(3)} <Copyable text={modelId} name="the part’s SHA-256" />
            </span>,
          ],
        ),
        [
          'Classes',
          `${passport.numClasses} (trained with ${passport.classMap.forged === 1 ? 'forged = 1' : 'real = 1, inverted before scoring'})`,
        ],
        [
          'Input',
          `${passport.inputPx} pixels square, ${passport.channelOrder}, mean ${perChannelWords(passport.mean)}, std ${perChannelWords(passport.std)}${rangeWords(passport)}`,
        ],
        ['Face cut out by', `${passport.cropRecipe}, ${passport.interpolation}`],
        passport.parity ? ['Parity', parityWords(passport.parity)] : null,
        ['Geometry', passport.geometry === 'declared' ? 'declared' : 'ASSUMED at least in part, not stated'],
        ['Licence', passport.licence || 'not stated'],
        passport.dropped.length > 0
          ? ['Not used', passport.dropped.map((one) => `${one.prefix} (${one.count} tensors)`).join(', ')]
          : null,
        passport.remarks.length > 0 ? ['Remarks', passport.remarks.join('; ')] : null,
        ['Decoder self-test', selfTestWords(model)],
        ['Validation', validationWords(model)],
        model.operatingPoints
          ? ['Operating points', `low ${model.operatingPoints.low}, high ${model.operatingPoints.high}`]
          : ['Operating points', 'none: raw scores without a leaning'],
        model.parentId
          ? ['Trained from', <Copyable key="parent" text={model.parentId} name="the parent’s SHA-256" />]
          : null,
        model.corrects
          ? ['Corrects', <Copyable key="corrects" text={model.corrects} name="the id of the corrected entry" />]
          : null,
        ['Added', instantText(model.addedAt)],
      ]}
    />
  );
}
