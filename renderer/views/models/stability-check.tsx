// Whether a record is to say what the battery finds, and what that costs: asked wherever one is made.
import { ALTERATIONS } from '../../../contract/stability.ts';
import { Check } from '../../parts/field.tsx';

export const StabilityCheck = (props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) => (
  <Check {...props}>
    Measure stability as well: how often faces lean wrongly that keep their leaning when they are altered a little, and
    how often others do. It scores {ALTERATIONS.length + 1} pictures of each face, and takes so many times as long.
  </Check>
);
