// Training is of RECCE: what it starts from must be one, and no wider than what it is to become.
import { architectureOf, RECCE } from '../../contract/architecture.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Model } from '../../contract/model.ts';

/**
 * What training takes of a passport, at the width it is asked for. Throws MODEL_REFUSED for another
 * network, and for one that is wider than asked for.
 */
export function expectRecce(
  { name, passport }: Pick<Model, 'name' | 'passport'>,
  asked?: number,
): { width: number; mean: number; std: number } {
  const { width, mean, std } = passport;
  if (architectureOf(passport) !== RECCE || width === undefined || typeof mean !== 'number' || typeof std !== 'number')
    throw new RecceError('MODEL_REFUSED', name, 'only RECCE is trained here, and this is another network.');
  if (asked !== undefined && asked < width)
    throw new RecceError('MODEL_REFUSED', name, `its network has width ${width}, and can only be widened.`);
  return { width: asked ?? width, mean, std };
}
