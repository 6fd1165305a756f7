// Training is of RECCE: what it starts from must be one.
import { architectureOf, RECCE } from '../../contract/architecture.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Model } from '../../contract/model.ts';

/** What training takes of a passport. Throws MODEL_REFUSED for another network. */
export function expectRecce({ name, passport }: Pick<Model, 'name' | 'passport'>): {
  width: number;
  mean: number;
  std: number;
} {
  const { width, mean, std } = passport;
  if (architectureOf(passport) === RECCE && width !== undefined && typeof mean === 'number' && typeof std === 'number')
    return { width, mean, std };
  throw new RecceError('MODEL_REFUSED', name, 'only RECCE is trained here, and this is another network.');
}
