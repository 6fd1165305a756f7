// What must be read before a model is used, as sentences beside its name.
import { fitnessWarnings } from '../../contract/fitness.ts';
import type { Model } from '../../contract/model.ts';
import { Message } from './message.tsx';

/** Nothing for a model that was measured well and on enough. */
export function FitnessWarnings({ model }: { model: Model }) {
  const warnings = fitnessWarnings(model);
  if (warnings.length === 0) return null;
  return (
    <Message tone="danger" title={`Before you rely on ${model.name}`} quiet>
      <ul className="fitness">
        {warnings.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Message>
  );
}
