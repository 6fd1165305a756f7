// One opinion, withdrawal or note of several faces at once: how many, which, and what of theirs it
// replaces, before anything is entered.
import { useState } from 'react';
import type { Finding } from '../../../contract/finding.ts';
import { type Conclusion, SHORTEST_REASON } from '../../../contract/opinion.ts';
import { goOnBehindMarked } from '../../data/decide.ts';
import { nameOfSubject } from '../../data/opinion-desk.ts';
import { giveOpinions } from '../../data/opinions.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { ConclusionMark } from '../../parts/marks.tsx';
import { conclusionName, countText, numberText } from '../../wording.ts';
import { FacePicture } from './alike-dialog.tsx';

/** Faces named in the dialog; of the others their number is told. */
const NAMED = 8;

const faces = (n: number): string => countText(n, 'face', 'faces');

/** How many of them this examiner has said something else of. */
function replacedWords(findings: readonly Finding[], conclusion: Conclusion): string {
  const n = findings.filter(({ ownConclusion }) => ownConclusion !== null && ownConclusion !== conclusion).length;
  if (n === 0 || conclusion === 'note' || conclusion === 'withdrawn') return '';
  return `Your opinion on ${faces(n)} of these is replaced. `;
}

export function ManyDialog({
  findings,
  left,
  conclusion,
  onClose,
}: {
  findings: readonly Finding[];
  left: number;
  conclusion: Conclusion;
  onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [giving, setGiving] = useState(false);
  const isNote = conclusion === 'note';
  const submit = async (): Promise<void> => {
    setGiving(true);
    try {
      await giveOpinions(findings, conclusion, note.trim() || undefined);
      goOnBehindMarked(conclusion);
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setGiving(false);
    }
  };
  const what =
    conclusion === 'withdrawn' ? 'Withdraw your opinion' : isNote ? 'A note' : `“${conclusionName(conclusion)}”`;
  return (
    <FormDialog
      title={`${what} on ${faces(findings.length)}?`}
      submit={
        conclusion === 'withdrawn' ? `Withdraw ${numberText(findings.length)}` : `Record ${numberText(findings.length)}`
      }
      ready={!giving && (!isNote || note.trim() !== '')}
      error={error}
      guarded
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <ul className="many-names mono">
        {findings.slice(0, NAMED).map((one) => (
          <li key={one.verdictId}>
            <FacePicture one={{ hasPicture: one.cropSha256 !== null, verdictId: one.verdictId }} />
            <span>{nameOfSubject(one)}</span>
            {one.ownConclusion ? <ConclusionMark conclusion={one.ownConclusion} size={15} /> : null}
          </li>
        ))}
        {findings.length > NAMED ? <li>and {numberText(findings.length - NAMED)} more</li> : null}
      </ul>
      <p>
        {replacedWords(findings, conclusion)}
        Each gets an entry of its own, which says that {numberText(findings.length)} were given at once. One undo takes
        all of them back.
      </p>
      {left > 0 ? (
        <p className="secondary">
          {countText(left, 'selected result is', 'selected results are')} left out:{' '}
          {conclusion === 'withdrawn' ? 'no opinion of yours stands there.' : 'no face was found there.'}
        </p>
      ) : null}
      <Field
        label={isNote ? 'Note' : 'Reason'}
        hint={
          isNote
            ? undefined
            : `Kept with each of them. Where the case asks for one: at least ${SHORTEST_REASON} characters.`
        }
      >
        <textarea
          className="input"
          rows={2}
          value={note}
          maxLength={10_000}
          data-first
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
    </FormDialog>
  );
}
