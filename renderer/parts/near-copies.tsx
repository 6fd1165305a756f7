// Near copies of one picture: each with its picture, where it is, and how near; one opens it. No score is
// shown here.
import { useMutation, useQuery } from '@tanstack/react-query';
import { ImageOff } from 'lucide-react';
import type { CopiesQuery, CopiesState, CopyStack, CopyStacks, NearCopy, PicturePlace } from '../../contract/copies.ts';
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
import { copyStacks, makeHashes, nearCopies, useCopiesState } from '../data/copies.ts';
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

/** A picture of the case with what is said of it; it opens in Inspect. */
function Copy({ one, words, onOpen }: { one: PicturePlace; words: string; onOpen: () => void }) {
  const { evidenceId, frame, verdictId } = one;
  const src = pictureUrl(
    frame
      ? { kind: 'frame', id: evidenceId, pts: frame.pts, frameIndex: frame.index, maxPx: PICTURE_PX }
      : { kind: 'evidence', id: evidenceId, maxPx: PICTURE_PX },
  );
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
            {words}
            {sameBytesWords(one)}
          </span>
        </span>
      </button>
    </li>
  );
}

const nearWords = (one: NearCopy): string =>
  `${one.isSame ? 'the same bytes' : nearnessText(one)}${framesWords(one.frames)}`;

const NOTHING: readonly NearCopy[] = [];

/** What is to be looked at, and that it can be; what a near copy is. */
function Foot({ state }: { state: CopiesState }) {
  const writable = useCase()?.writable ?? false;
  const isMaking = useStore(jobs).jobs.some((one) => one.kind === 'copies' && isActive(one));
  const making = useMutation({ mutationFn: makeHashes });
  const missing = Math.max(0, state.pictures - state.kept);
  return (
    <>
      <Failure error={making.error} />
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
    </>
  );
}

/** Stacks shown at once. */
const STACKS = 50;

/** Every stack of the case, each file with how near it is to another. */
export function CopyStacksList({ onOpen }: { onOpen: () => void }) {
  const state = useCopiesState();
  const found = useQuery({
    queryKey: ['copy stacks', state?.kept],
    queryFn: () => copyStacks(0, STACKS),
    enabled: state !== undefined && state.kept > 0 && state.unusable === null,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    networkMode: 'always',
  });
  if (!state) return <p className="muted">Reading…</p>;
  return (
    <div className="near-copies">
      {found.data ? <p aria-live="polite">{stacksSentence(found.data)}</p> : null}
      {found.data?.stacks.map((stack, i) => (
        <section key={stack.files[0]?.sha256} aria-label={`Stack ${i + 1}`}>
          <h3>{`Stack ${i + 1}: ${countText(stack.files.length, 'file', 'files')}`}</h3>
          <ul className="near-copies-list">
            {stack.files.map((one) => (
              <Copy key={one.sha256} {...nearestIn(stack, one)} onOpen={onOpen} />
            ))}
          </ul>
        </section>
      ))}
      <Failure error={found.error} />
      <Foot state={state} />
    </div>
  );
}

const stacksSentence = ({ total, stacks }: CopyStacks): string =>
  total === 0
    ? 'No two files of the case were found to be near copies of each other.'
    : `${countText(total, 'stack', 'stacks')} of near copies${total > stacks.length ? `; the first ${numberText(stacks.length)} are shown` : ''}.`;

/** The picture of a file that is nearest to one of another, and to which. */
function nearestIn({ pairs }: CopyStack, file: PicturePlace): { one: PicturePlace; words: string } {
  const pair = pairs.find(({ one, other }) => one.sha256 === file.sha256 || other.sha256 === file.sha256);
  if (!pair) return { one: file, words: '' };
  const [own, other] = pair.one.sha256 === file.sha256 ? [pair.one, pair.other] : [pair.other, pair.one];
  return { one: own, words: `${nearnessText(pair)}, to ${pictureName(other)}` };
}

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
          <Copy key={one.sha256} one={one} words={nearWords(one)} onOpen={onOpen} />
        ))}
      </ul>
      <Failure error={found.error} />
      <Foot state={state} />
    </div>
  );
}
