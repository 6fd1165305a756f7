// Near copies of one picture: each with its picture, where it is, and how near; one opens it. No score is
// shown here.
import { useMutation, useQuery } from '@tanstack/react-query';
import { ImageOff } from 'lucide-react';
import type { CopiesQuery, NearCopy } from '../../contract/copies.ts';
import {
  copiesLines,
  copiesSentences,
  framesWords,
  lookedForName,
  nearnessText,
  pictureName,
  sameBytesWords,
  WHAT_A_NEAR_COPY_IS,
} from '../../contract/copies-words.ts';
import { makeHashes, nearCopies, useCopiesState } from '../data/copies.ts';
import { isActive, jobs } from '../data/jobs.ts';
import { useCase } from '../data/open-case.ts';
import { pictureUrl } from '../data/pictures.ts';
import { go } from '../data/route.ts';
import { useStore } from '../data/store.ts';
import { countText, numberText } from '../wording.ts';
import { Button } from './button.tsx';
import { Failure, Message } from './message.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** Longer side of the pictures of the list. */
const PICTURE_PX = 160;

function Making() {
  const job = useStore(jobs).jobs.find((one) => one.kind === 'copies' && isActive(one));
  if (!job) return null;
  const { done, total } = job.progress;
  const words = total === null ? 'Beginning' : `${numberText(done)} of ${countText(total, 'picture', 'pictures')}`;
  return (
    <div>
      <span className="secondary">Looking at the pictures: {words}</span>
      <ProgressBar label="Pictures looked at" done={done} total={total} words={words} wanders />
    </div>
  );
}

function Copy({ one, onOpen }: { one: NearCopy; onOpen: () => void }) {
  const { evidenceId, frame, verdictId } = one;
  const src = pictureUrl(
    frame
      ? { kind: 'frame', id: evidenceId, pts: frame.pts, frameIndex: frame.index, maxPx: PICTURE_PX }
      : { kind: 'evidence', id: evidenceId, maxPx: PICTURE_PX },
  );
  const near = one.isSame ? 'the same bytes' : nearnessText(one);
  return (
    <li>
      <button
        type="button"
        className="near-copy"
        disabled={verdictId === null}
        onClick={() => {
          if (verdictId === null) return;
          onOpen();
          go('inspect', verdictId);
        }}
      >
        <span className="near-copy-picture">
          <ImageOff size={20} strokeWidth={1.4} aria-hidden />
          <img src={src} alt="" draggable={false} loading="lazy" />
        </span>
        <span className="near-copy-words">
          <span className="near-copy-name">{pictureName(one)}</span>
          <span className="secondary">
            {near}
            {framesWords(one.frames)}
            {sameBytesWords(one)}
          </span>
        </span>
      </button>
    </li>
  );
}

const NOTHING: readonly NearCopy[] = [];

/** `onOpen`: before one of them is shown. `names`: whether what was looked for is said. */
export function NearCopies({
  of,
  names = false,
  onOpen = () => {},
}: {
  of: CopiesQuery;
  names?: boolean;
  onOpen?: () => void;
}) {
  const state = useCopiesState();
  const writable = useCase()?.writable ?? false;
  const isMaking = useStore(jobs).jobs.some((one) => one.kind === 'copies' && isActive(one));
  const making = useMutation({ mutationFn: makeHashes });
  // Asked once: a search for a picture from outside is an entry. Again when pictures were added.
  const found = useQuery({
    queryKey: ['near copies', of, state?.kept],
    queryFn: () => nearCopies(of),
    enabled: state !== undefined && state.kept > 0 && state.unusable === null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    networkMode: 'always',
  });
  if (!state) return <p className="muted">Reading…</p>;
  const answer = found.data;
  const missing = Math.max(0, state.pictures - state.kept);
  return (
    <div className="near-copies">
      {answer ? (
        <p aria-live="polite">
          {names ? <strong>{lookedForName(answer)}: </strong> : null}
          {copiesSentences(answer)}
        </p>
      ) : (
        <p className="secondary">
          {found.isFetching
            ? 'Comparing…'
            : state.kept === 0
              ? 'The pictures of this case have not been looked at for near copies yet.'
              : ''}
        </p>
      )}
      <ul className="near-copies-list">
        {(answer?.copies ?? NOTHING).map((one) => (
          <Copy key={one.sha256} one={one} onOpen={onOpen} />
        ))}
      </ul>
      <Failure error={found.error ?? making.error} />
      {state.unusable === null ? null : (
        <Message tone="danger" title="Nothing can be compared.">
          {state.unusable}
        </Message>
      )}
      <Making />
      {writable && !isMaking && (missing > 0 || state.unusable !== null) ? (
        <span>
          <Button small onClick={() => making.mutate()}>
            {state.kept === 0 ? 'Look at all pictures' : `Look at the ${numberText(missing)} missing`}
          </Button>
        </span>
      ) : null}
      <p className="muted">
        {WHAT_A_NEAR_COPY_IS} {copiesLines({ ...state, unusable: null }).join(' ')}
      </p>
    </div>
  );
}
