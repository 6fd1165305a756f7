// Who is examining: one of the case's examiners, or a new name; and whether the review is blind.
// Nothing is chosen beforehand.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Examiner, KnownExaminer } from '../../../contract/case.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { CONCLUSION_WORDS } from '../../../contract/wording.ts';
import { forgetDrafts } from '../../data/drafts.ts';
import { engine, errorWords, queryClient } from '../../data/engine.ts';
import { openList } from '../../data/grid-state.ts';
import { notify } from '../../data/notices.ts';
import { caseChanged, useCase, useSession } from '../../data/open-case.ts';
import { nameOfSubject, type OpinionAsked } from '../../data/opinion-desk.ts';
import { lookWithoutName, useLookedBefore, useSitting } from '../../data/sitting.ts';
import { Button } from '../../parts/button.tsx';
import { Field, Input } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Message } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { countText } from '../../wording.ts';

/** A single character is a key that was meant for something else. */
const SHORTEST_NAME = 2;

/** Asked first: the name goes from every window, and whoever sits under it has to say again who they are. */
function AskMistaken({ examiner, onClose }: { examiner: Examiner; onClose: () => void }) {
  return (
    <div className="dialog-leaving" role="alertdialog" aria-label="Entered by mistake?">
      <span>
        Was <strong>{visibleText(examiner.name)}</strong> entered by mistake? The log will say so, and the name is
        offered no more.
      </span>
      <Button small autoFocus onClick={onClose}>
        Keep the name
      </Button>
      <Button
        small
        tone="danger"
        onClick={() => {
          onClose();
          void sayMistaken(examiner);
        }}
      >
        It was a mistake
      </Button>
    </div>
  );
}

async function sayMistaken({ id, name }: Examiner): Promise<void> {
  try {
    queryClient.setQueryData(engine.session.examiners.queryKey(), await client.session.mistaken({ id }));
    notify(`${visibleText(name)} is marked as entered by mistake, and no longer offered.`);
  } catch (error) {
    const { title, detail } = errorWords(error);
    notify(`${title} ${detail}`, { tone: 'danger' });
  }
}

function Known({
  known,
  chosen,
  onChoose,
}: {
  known: readonly KnownExaminer[];
  chosen: string;
  onChoose: (name: string) => void;
}) {
  const first = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState<Examiner['id']>();
  // The list comes after the dialog: its first line takes the focus where nothing else has it.
  useEffect(() => {
    if (document.activeElement?.tagName === 'DIALOG') first.current?.focus();
  }, []);
  return (
    <fieldset className="examiners">
      <legend className="field-label">Examiners of this case</legend>
      {known.map((one, i) =>
        one.id === asked ? (
          <AskMistaken key={one.id} examiner={one} onClose={() => setAsked(undefined)} />
        ) : (
          <div key={one.id} className="examiner-row">
            <label className="check">
              <input
                type="radio"
                name="examiner"
                checked={chosen === one.name}
                ref={i === 0 ? first : undefined}
                data-first={i === 0 || undefined}
                onChange={() => onChoose(one.name)}
              />
              <span>{visibleText(one.name)}</span>
              <span className="muted">
                {one.entries === 0
                  ? 'has no entry but of taking the seat'
                  : `${countText(one.entries, 'entry', 'entries')} in the log`}
              </span>
            </label>
            {one.entries === 0 ? (
              <Button small tone="quiet" onClick={() => setAsked(one.id)}>
                Entered by mistake…
              </Button>
            ) : null}
          </div>
        ),
      )}
    </fieldset>
  );
}

const REVIEWS = [
  { blind: false, label: 'Open review', hint: 'Scores, the model’s pictures and other people’s opinions are shown.' },
  { blind: true, label: 'Blind review', hint: 'They stay hidden for each face until you have given your own opinion.' },
] as const;

function Review({ blind, onChange }: { blind: boolean | undefined; onChange: (blind: boolean) => void }) {
  return (
    <fieldset className="examiners">
      <legend className="field-label">Review</legend>
      {REVIEWS.map((one) => (
        <label key={one.label} className="check review-choice">
          <input type="radio" name="review" checked={blind === one.blind} onChange={() => onChange(one.blind)} />
          <span>
            <strong>{one.label}</strong>
            <span className="field-hint">{one.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** `“forged”`, `the note`. */
const followWords = ({ conclusion }: OpinionAsked): string =>
  conclusion === 'note'
    ? 'the note'
    : conclusion === 'withdrawn'
      ? 'the withdrawal'
      : `“${CONCLUSION_WORDS[conclusion]}”`;

export function ExaminerDialog({
  follows,
  onClose,
  onAnswer,
}: {
  /** What is entered under the name at once. */
  follows?: OpinionAsked | undefined;
  onClose: () => void;
  /** True once a name is given, false where the dialog is left without one. */
  onAnswer?: ((named: boolean) => void) | undefined;
}) {
  const open = useCase();
  const session = useSession();
  const sitting = useSitting();
  const looked = useLookedBefore();
  const known = (useQuery(engine.session.examiners.queryOptions({ staleTime: 0 })).data ?? []).filter(
    ({ mistakenAt }) => mistakenAt === null,
  );
  const [chosen, setChosen] = useState('');
  const [typed, setTyped] = useState('');
  // Where somebody works already, or nothing was scanned, the review goes on as it is; else it is
  // chosen.
  const [blind, setBlind] = useState<boolean | undefined>(sitting === 'ask' ? undefined : session.blind);
  const [error, setError] = useState<unknown>(null);
  const name = typed.trim() || chosen;
  const ready = [...name].length >= SHORTEST_NAME && /\p{L}/u.test(name) && blind !== undefined;

  const submit = async (): Promise<void> => {
    try {
      await client.session.set({ examiner: name, blind: blind!, looked });
      forgetDrafts();
      await caseChanged();
      onClose();
      await openList(true);
      onAnswer?.(true);
    } catch (failure) {
      setError(failure);
    }
  };

  // By its own button alone: Escape shows nothing, since scores once seen are seen.
  const look =
    sitting === 'ask' && !onAnswer && open
      ? () => {
          onClose();
          void lookWithoutName(open);
        }
      : undefined;

  return (
    <FormDialog
      title="Who is examining?"
      submit={`${name ? `Examine as ${name}` : 'Examine'}${follows ? ` and record ${followWords(follows)}` : ''}`}
      ready={ready}
      leave={look ? 'Look without a name' : 'Cancel'}
      onLeave={look}
      error={error}
      guarded
      keepsDraft
      onSubmit={() => void submit()}
      onClose={() => {
        onClose();
        onAnswer?.(false);
      }}
    >
      {follows ? (
        <p>
          <strong>Then {followWords(follows)} is recorded</strong> on{' '}
          <span className="mono">{nameOfSubject(follows.finding)}</span>. Cancel records nothing.
        </p>
      ) : null}
      <p className="secondary">
        Opinions are recorded under this name. It stands in the case’s activity, and in the report once it has given an
        opinion.
      </p>
      {known.length > 0 ? (
        <Known
          known={known}
          chosen={typed.trim() ? '' : chosen}
          onChoose={(next) => {
            setChosen(next);
            setTyped('');
          }}
        />
      ) : null}
      <Field
        label={known.length > 0 ? 'Another name' : 'Name'}
        hint={typed && !ready && blind !== undefined ? 'A name has at least two letters.' : undefined}
      >
        <Input value={typed} maxLength={200} onChange={(event) => setTyped(event.target.value)} />
      </Field>
      <Review blind={blind} onChange={setBlind} />
      {blind && (looked || known.find((one) => one.name === name)?.lookedOpenly) ? (
        <Message tone="caution" title="Not all of it will be blind.">
          Scores of this case were shown{' '}
          {looked ? 'before a name was chosen' : `to ${visibleText(name)} in open review`}: opinions on the faces that
          were there then are recorded, and not as blind.
        </Message>
      ) : null}
    </FormDialog>
  );
}
