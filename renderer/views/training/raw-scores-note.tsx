// What a newly trained model is not: said before a run, and again where it has given a model.
import { Message } from '../../parts/message.tsx';

export function RawScoresNote({ title, modelId }: { title: string; modelId?: string }) {
  return (
    <Message tone="caution" title={title}>
      <p>
        It has no validation record: no error rate, no leaning, no likelihood ratio. Not for casework until it has been
        measured on material it was not trained on.
      </p>
      <details className="training-how">
        <summary>How a model is validated</summary>
        <ol>
          <li>Gather genuine and forged faces of persons or videos that no run has seen, as your casework has them.</li>
          <li>
            Under Models choose the new model, then <em>Validate</em>. Without forgeries, they are made of genuine
            portraits. On the command line:{' '}
            <code>recce validate --data FOLDER --model {modelId?.slice(0, 12) ?? 'NAME'}</code>.
          </li>
          <li>
            Error rates, calibration and limits then stand under Models, in the inspector and in every report. What they
            mean: <code>docs/validation.md</code>.
          </li>
        </ol>
      </details>
    </Message>
  );
}
