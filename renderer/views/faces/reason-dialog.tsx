// The reason of an opinion that the case does not take without one: what it is about, a field, and
// the reasons given last.
import { useQuery } from '@tanstack/react-query';
import { SHORTEST_REASON } from '../../../contract/opinion.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { CONCLUSION_WORDS, scoreText } from '../../../contract/wording.ts';
import { useDraft } from '../../data/drafts.ts';
import { engine } from '../../data/engine.ts';
import { nameOfSubject, type ReasonAsked } from '../../data/opinion-desk.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { countText } from '../../wording.ts';

type Props = {
  asked: ReasonAsked;
  /** Undefined: no opinion. */
  onAnswer: (reason: string | undefined) => void;
};

/** Which face, track or file, and the score that is seen of it. */
function subjectWords({ finding, others }: ReasonAsked): string {
  if (others) return `${nameOfSubject(finding)} and ${countText(others, 'other', 'others')} given at once with it`;
  const { score } = finding;
  return `${nameOfSubject(finding)}${score == null ? '' : `, raw score ${scoreText(score)}`}`;
}

/**
 * Reasons this examiner gave last. Choosing one writes it into the field; it is not recorded by
 * that.
 */
function LastReasons({ onChoose }: { onChoose: (reason: string) => void }) {
  const reasons = useQuery(engine.opinion.reasons.queryOptions({ staleTime: 0 })).data ?? [];
  if (reasons.length === 0) return null;
  return (
    <section className="last-reasons" aria-label="What you wrote last">
      <h3 className="caps">Your last reasons</h3>
      {reasons.map((reason) => (
        <button key={reason} type="button" className="last-reason" onClick={() => onChoose(reason)}>
          {visibleText(reason)}
        </button>
      ))}
    </section>
  );
}

export function ReasonDialog({ asked, onAnswer }: Props) {
  const { finding, conclusion, why, undo } = asked;
  const [reason, setReason] = useDraft(finding, undo ? 'undo' : conclusion);
  const left = SHORTEST_REASON - [...reason.trim()].length;
  return (
    <FormDialog
      title={
        undo ? 'Why undo it?' : conclusion === 'withdrawn' ? 'Why withdraw it?' : `Why ${CONCLUSION_WORDS[conclusion]}?`
      }
      submit={undo ? 'Undo the opinion' : conclusion === 'withdrawn' ? 'Withdraw the opinion' : 'Record the opinion'}
      ready={left <= 0}
      guarded
      keepsDraft
      onSubmit={() => {
        setReason('');
        onAnswer(reason.trim());
      }}
      onClose={() => onAnswer(undefined)}
    >
      <p className="secondary mono">{subjectWords(asked)}</p>
      <Field
        label="Reason"
        hint={`Why it is asked for: ${why} ${left > 0 ? `At least ${SHORTEST_REASON} characters: ${left} more.` : 'It is kept with the opinion and printed in the report.'}`}
      >
        <textarea
          className="input"
          rows={2}
          value={reason}
          maxLength={10_000}
          required
          data-first
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <LastReasons onChoose={setReason} />
    </FormDialog>
  );
}
