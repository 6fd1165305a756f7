// What examiners say of this face: give an opinion with its reason, and everything said so far.
import { EyeOff } from 'lucide-react';
import type { ReactNode } from 'react';
import type { TrackId } from '../../contract/brand.ts';
import { type Opinion, type OpinionOn, STANDING, type StandingConclusion } from '../../contract/opinion.ts';
import { placeWords } from '../../contract/subject-words.ts';
import type { TrackPlace } from '../../contract/track.ts';
import { capitalised } from '../../contract/wording.ts';
import { useCase, useSession } from '../data/open-case.ts';
import { openTrack } from '../data/opinion-on.ts';
import { show } from '../data/overlays.ts';
import { conclusionName, instantText } from '../wording.ts';
import { Button } from './button.tsx';
import { ConclusionMark } from './marks.tsx';
import { OpinionButton } from './opinion-button.tsx';
import type { OpinionDraft } from './use-opinion.ts';

const placeOf = ({ trackIndex, scan, fromMs, toMs }: TrackPlace) => ({
  trackIndex,
  span: { scan: scan.number, fromMs, toMs },
});

/** Said in place of the button that withdraws: what stands at a face was given on its track. */
function StandsOnTrack({ track }: { track: TrackPlace }) {
  return (
    <p className="secondary">
      Your opinion stands on {placeWords(placeOf(track))} and holds for this face.{' '}
      <button type="button" className="link-button" onClick={() => openTrack(track)}>
        Go to the track to withdraw it
      </button>
      .
    </p>
  );
}

function Entry({ opinion, latest, track }: { opinion: Opinion; latest: boolean; track: TrackPlace | undefined }) {
  return (
    <li className={latest ? 'opinion-entry' : 'opinion-entry opinion-superseded'}>
      <ConclusionMark conclusion={opinion.conclusion} size={18} />
      <div>
        <p>
          <strong>{conclusionName(opinion.conclusion)}</strong>
          {track ? ` on ${placeWords(placeOf(track))}` : ''} · {opinion.examinerName}
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
  about,
  chooser,
  conclusions = STANDING,
  opinions,
  tracks = [],
  opinion: { own, ownTrack, note, setNote, decide, takesOpinion, notGiven },
}: {
  /** What the opinion is on, in words. */
  about: string;
  /** Chooses what it is on, where there is a choice. */
  chooser?: ReactNode;
  /** Those that can be given on it. */
  conclusions?: readonly StandingConclusion[];
  opinions: readonly OpinionOn[];
  /** Of a face: the tracks that these are on. */
  tracks?: readonly TrackPlace[];
  opinion: OpinionDraft;
}) {
  const { examiner, blind } = useSession();
  const readOnly = !useCase()?.writable;
  const trackOf = (trackId: TrackId | null): TrackPlace | undefined => tracks.find(({ id }) => id === trackId);
  const stoodOn = trackOf(ownTrack);
  const isLatest = (opinion: OpinionOn): boolean =>
    opinion.holds ||
    opinion.conclusion === 'note' ||
    opinions.findLast((one) => one.examinerId === opinion.examinerId && one.conclusion !== 'note')?.id === opinion.id;
  return (
    <section className="dossier-block" aria-label="Opinions">
      <h2 className="caps">Opinion on {about}</h2>
      {chooser}
      {examiner ? <p className="muted">Given by {examiner.name}.</p> : null}
      {examiner || readOnly ? null : (
        <p className="secondary">
          <button type="button" className="link-button" onClick={() => show({ kind: 'examiner' })}>
            Choose an examiner first
          </button>
          .
        </p>
      )}
      <textarea
        id="opinion-note"
        className="input dossier-note"
        aria-label="Reason: a note kept with the opinion"
        placeholder="Reason (kept with the opinion you give next)"
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
        {conclusions.map((conclusion) => (
          <OpinionButton
            key={conclusion}
            conclusion={conclusion}
            current={own}
            disabled={readOnly || !takesOpinion || notGiven !== undefined}
            onClick={() => decide(conclusion)}
          />
        ))}
      </fieldset>
      {notGiven && !readOnly ? <p className="secondary">{capitalised(notGiven)}</p> : null}
      {takesOpinion || readOnly ? null : (
        <p className="secondary">No face was found in this file: it takes a note, and no opinion.</p>
      )}
      {note.trim() && !readOnly ? (
        <Button small onClick={() => decide('note')}>
          Record as a note only
        </Button>
      ) : null}
      {stoodOn && !readOnly ? <StandsOnTrack track={stoodOn} /> : null}
      {own && !stoodOn && !readOnly ? (
        <Button small tone="quiet" onClick={() => decide('withdrawn')}>
          Withdraw your opinion
        </Button>
      ) : null}
      {opinions.length > 0 ? (
        <ol className="opinion-history" aria-label="Opinions so far, newest first">
          {opinions.toReversed().map((opinion) => (
            <Entry key={opinion.id} opinion={opinion} latest={isLatest(opinion)} track={trackOf(opinion.trackId)} />
          ))}
        </ol>
      ) : null}
      {blind && own === null ? (
        <p className="muted opinion-when">Other people’s opinions stay hidden until you have given yours.</p>
      ) : null}
    </section>
  );
}
