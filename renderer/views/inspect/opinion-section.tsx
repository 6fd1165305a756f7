// What examiners say of this face: give an opinion with its reason, and everything said so far.
import { EyeOff } from 'lucide-react';
import type { Opinion } from '../../../contract/opinion.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { Button } from '../../parts/button.tsx';
import { ConclusionMark } from '../../parts/marks.tsx';
import { instantText } from '../../wording.ts';
import { OpinionButton } from '../faces/selection-bar.tsx';
import type { OpinionDraft } from './use-opinion.ts';

function Entry({ opinion, latest }: { opinion: Opinion; latest: boolean }) {
  return (
    <li className={latest ? 'opinion-entry' : 'opinion-entry opinion-superseded'}>
      <ConclusionMark conclusion={opinion.conclusion} size={18} />
      <div>
        <p>
          <strong>{opinion.conclusion[0]!.toUpperCase() + opinion.conclusion.slice(1)}</strong> · {opinion.examinerName}
          {opinion.blind ? (
            <span className="badge opinion-blind">
              <EyeOff size={11} aria-hidden />
              blind
            </span>
          ) : null}
        </p>
        {opinion.note ? <p className="opinion-note">{opinion.note}</p> : null}
        <p className="muted opinion-when">{instantText(opinion.givenAt)}</p>
      </div>
    </li>
  );
}

export function OpinionSection({
  opinions,
  opinion: { own, note, setNote, decide },
}: {
  opinions: readonly Opinion[];
  opinion: OpinionDraft;
}) {
  const { examiner, blind } = useSession();
  const readOnly = !useCase()?.writable;
  const isLatest = (opinion: Opinion): boolean =>
    opinions.findLast((one) => one.examinerId === opinion.examinerId)?.id === opinion.id;
  return (
    <section className="dossier-block" aria-label="Opinions">
      <h2 className="caps">{examiner ? `Opinion of ${examiner.name}` : 'Your opinion'}</h2>
      {examiner || readOnly ? null : (
        <p className="secondary">
          <button type="button" className="link-button" onClick={() => show({ kind: 'examiner' })}>
            Say who is examining
          </button>{' '}
          to give one.
        </p>
      )}
      <textarea
        id="opinion-note"
        className="input dossier-note"
        aria-label="Why: a note kept with the opinion"
        placeholder="Why (kept with the opinion you give next)"
        rows={2}
        value={note}
        maxLength={10_000}
        disabled={readOnly}
        onChange={(event) => setNote(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          event.currentTarget.blur();
        }}
      />
      <fieldset className="opinion-buttons opinion-buttons-tall" aria-label="Your opinion">
        {(['genuine', 'inconclusive', 'forged'] as const).map((conclusion) => (
          <OpinionButton
            key={conclusion}
            conclusion={conclusion}
            current={own}
            disabled={readOnly}
            onClick={() => decide(conclusion)}
          />
        ))}
      </fieldset>
      {own && !readOnly ? (
        <Button small tone="quiet" onClick={() => decide('withdrawn')}>
          Withdraw your opinion
        </Button>
      ) : null}
      {opinions.length > 0 ? (
        <ol className="opinion-history" aria-label="Opinions so far, newest first">
          {opinions.toReversed().map((opinion) => (
            <Entry key={opinion.id} opinion={opinion} latest={isLatest(opinion)} />
          ))}
        </ol>
      ) : null}
      {blind && own === null ? (
        <p className="muted opinion-when">Other people’s opinions stay hidden until you have given yours.</p>
      ) : null}
    </section>
  );
}
