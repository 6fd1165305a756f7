// What is declared of a checkpoint before a hand changes anything: what the file states, and how its
// authors feed it. What neither says stays open.
import type { WeightsFacts } from '../../../contract/model.ts';
import { classOfOne, type Declaration } from './declaration-fields.tsx';

/** `declared` as typed, its empty fields filled with what is known of the file. */
export function shownDeclaration(declared: Declaration, facts: WeightsFacts | undefined): Declaration {
  const { inputPx = null, usual } = facts ?? {};
  const forged = usual ? usual.forged : 1;
  return {
    ...declared,
    inputPx: declared.inputPx || String(inputPx ?? ''),
    cropRecipe: declared.cropRecipe || (usual?.cropRecipe ?? ''),
    classMap: declared.classMap || (forged === null ? '' : classOfOne({ forged })),
  };
}
