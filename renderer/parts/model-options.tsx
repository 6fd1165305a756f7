// The models of the library as the choices of a select.
import type { Model } from '../../contract/model.ts';
import { nameAmong } from './model-name.ts';

export const ModelOptions = ({
  models,
}: {
  models: readonly Pick<Model, 'id' | 'name' | 'demonstration' | 'cameWith'>[];
}) =>
  models.map((model) => (
    <option key={model.id} value={model.id}>
      {nameAmong(model, models)}
      {model.demonstration ? ' (demonstration)' : ''}
      {model.cameWith ? ' (came with a packed case)' : ''}
    </option>
  ));
