// Faces of the latest validation and what the decoder makes of them.
import type { SampleReconstruction } from '../../../contract/training.ts';
import { scoreText } from '../../wording.ts';

const LABEL_WORDS = ['Genuine', 'Forged'] as const;
const source = (png: string): string => `data:image/png;base64,${png}`;

export function SampleReconstructions({ samples }: { samples: readonly SampleReconstruction[] }) {
  if (samples.length === 0) return <p className="muted">Shown from the first validation on.</p>;
  return (
    <ul className="training-samples">
      {samples.map(({ label, score, original, reconstruction }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same faces in the same order at every validation
        <li key={i}>
          <span className="training-pair">
            <img src={source(original)} alt={`Face ${i + 1}, ${LABEL_WORDS[label]}`} />
            <img src={source(reconstruction)} alt={`Reconstruction of face ${i + 1}`} />
          </span>
          <span>
            {LABEL_WORDS[label]} · <span className="muted">raw score {scoreText(score)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
