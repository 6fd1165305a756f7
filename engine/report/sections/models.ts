// Report section: the models that were used, what they are and what they can, and the parameters of
// the verdicts.

import { hasDecoder, NO_DECODER, networkWords, perChannelWords, rangeWords } from '../../../contract/architecture.ts';
import { fitnessWarnings } from '../../../contract/fitness.ts';
import type { Model } from '../../../contract/model.ts';
import { parityWords } from '../../../contract/onnx-passport.ts';
import { policyWords } from '../../../contract/second-look.ts';
import { thresholdText } from '../../../contract/wording.ts';
import { isInForce, laterRecordSentences, OTHER_RECORD, recordElsewhereSentences } from '../applicable-validation.ts';
import type { PrintedDocument } from '../report-document.ts';
import { type Sheet, STYLES } from '../sheet.ts';

export async function writeModels(sheet: Sheet, document: PrintedDocument): Promise<void> {
  sheet.newPage();
  for (const model of document.models) {
    sheet.heading(`Model ${model.name}`);
    sheet.paragraph(model.description);
    sheet.paragraph(model.limits, STYLES.strong);
    for (const sentence of secondLookSentences(document, model)) sheet.paragraph(sentence);
    // What the window says in red before a model is used.
    for (const warning of fitnessWarnings(model)) sheet.paragraph(warning, STYLES.warning);
    if (!isInForce(document, model)) sheet.paragraph(OTHER_RECORD, STYLES.warning);
    for (const sentence of recordElsewhereSentences(document, model)) sheet.paragraph(sentence, STYLES.warning);
    for (const sentence of laterRecordSentences(document, model)) sheet.paragraph(sentence, STYLES.warning);
    await sheet.table([0.25, 0.75], rowsOf(model));
  }
}

/** Of a model that was asked about some files only: which they were. */
export function secondLookSentences(
  { parameters, models }: Pick<PrintedDocument, 'parameters' | 'models'>,
  { id }: Model,
): string[] {
  const sentences = parameters.flatMap(({ modelId, secondLook }) => {
    if (modelId !== id || !secondLook) return [];
    const first = models.find((one) => one.id === secondLook.first)?.name ?? secondLook.first.slice(0, 12);
    return [
      `It was asked behind ${first}, about files ${policyWords(secondLook)}. Where it was not asked it says nothing.`,
    ];
  });
  return [...new Set(sentences)];
}

function rowsOf({ id, passport, decoderTest, operatingPoints, validation }: Model): [string, string][] {
  return [
    ['SHA-256', id],
    ...(id === passport.sha256 ? [] : [['File, SHA-256', passport.sha256] as [string, string]]),
    [
      'Format',
      `${passport.container}, ${passport.layout} layout, ${passport.numClasses} ${passport.numClasses === 1 ? 'output' : 'outputs'}, ${networkWords(passport)}, ${passport.sizeBytes} bytes`,
    ],
    [
      'Input',
      `${passport.inputPx} px, ${passport.channelOrder}, mean ${perChannelWords(passport.mean)}, std ${perChannelWords(passport.std)}${rangeWords(passport)}; geometry ${passport.geometry}`,
    ],
    ...(passport.composite?.parts ?? []).map(({ modelId, name, weight }, i): [string, string] => [
      `Part ${i + 1}`,
      `${name}, SHA-256 ${modelId}, weight ${weight.toFixed(4)}`,
    ]),
    ['Crop', `${passport.cropRecipe}, ${passport.interpolation}`],
    ...(passport.parity ? [['Parity', parityWords(passport.parity)] as [string, string]] : []),
    ['Licence', passport.licence],
    [
      'Decoder self-test',
      decoderTest
        ? `${decoderTest.passed ? 'passed' : 'failed'}: mean difference ${decoderTest.meanDifference.toFixed(4)} on ${decoderTest.faces} genuine faces; a flat colour differs by ${decoderTest.meanColourDifference.toFixed(4)}`
        : hasDecoder(passport)
          ? 'not made: the reconstruction is not evidence'
          : NO_DECODER,
    ],
    [
      'Operating points',
      operatingPoints
        ? `below ${thresholdText(operatingPoints.low)} towards genuine, from ${thresholdText(operatingPoints.high)} towards forged`
        : 'none',
    ],
    [
      'Validation',
      validation
        ? `${validation.dataset}: ${validation.genuine} genuine, ${validation.forged} forged; AUC ${validation.auc.toFixed(4)} (${validation.aucInterval.map((v) => v.toFixed(4)).join(' to ')}); equal error rate ${validation.eer.toFixed(4)}`
        : 'none',
    ],
  ];
}
