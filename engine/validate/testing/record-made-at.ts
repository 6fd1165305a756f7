// A validation record of faces that are easily told apart, for tests of what becomes of a record.
// Tests only.

import type { ValidatedFace } from '../../examine/validated-face.ts';
import type { Validated } from '../../library/validation-store.ts';
import { recordFromFaces } from '../record-from-faces.ts';

const FACTS = { appVersion: '0', pipelineVersion: 1, dataset: '', notScored: [], remarks: [], operatingRate: 0.05 };
/** Of an ordinary face. */
export const MEASURES = {
  ...{ facePx: 100, sharpness: 400, brightness: 0.5, rollDegrees: 0, yawProxy: 0 },
  ...{ blockiness: 0.1, colourfulness: 30 },
};

/** Twelve persons with a genuine and a forged face each. */
const separableFaces = (): ValidatedFace[] =>
  Array.from({ length: 24 }, (_, i) => ({
    logit: (i % 2 === 1 ? 1 : -1) + i / 20,
    score: 1 / (1 + Math.exp(-((i % 2 === 1 ? 1 : -1) + i / 20))),
    label: (i % 2) as 0 | 1,
    source: `person ${Math.floor(i / 2)}`,
    cropSha256: i.toString(16).padStart(64, '0'),
    strata: {},
    measures: MEASURES,
    features: Float32Array.from({ length: 4 }, (_, k) => i + k),
    pixelAuc: null,
  }));

/** The record of a validation that ended at `madeAt`. */
export const recordMadeAt = (madeAt: string): Validated => recordFromFaces(separableFaces(), { ...FACTS, madeAt });
