// The models of the library as the choices of a select.
import type { Model } from '../../contract/model.ts';

export const ModelOptions = ({ models }: { models: readonly Pick<Model, 'id' | 'name' | 'demonstration'>[] }) =>
  models.map(({ id, name, demonstration }) => (
    <option key={id} value={id}>
      {name}
      {demonstration ? ' (demonstration)' : ''}
    </option>
  ));
