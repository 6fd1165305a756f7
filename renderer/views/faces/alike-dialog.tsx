// Find this face: which faces of the case lie nearest to one of the case or of a picture outside it,
// by keyboard. Pictures, names and distances; no score is shown here, and nobody is named.
import { useMutation, useQuery } from '@tanstack/react-query';
import { ScanFace } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import {
  type Alike,
  type FaceShown,
  type PersonsAnswer,
  type PersonsState,
  personsReasonSchema,
} from '../../../contract/persons.ts';
import {
  alikeName,
  BIOMETRIC,
  comparedSentences,
  distanceText,
  lookedForWords,
  NO_IDENTIFICATION,
  namesElsewhere,
  personsLines,
} from '../../../contract/persons-words.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { useCase } from '../../data/open-case.ts';
import {
  askToErase,
  eraseEmbeddings,
  findAlike,
  type LookedFor,
  measureFaces,
  switchOn,
  usePersonsState,
} from '../../data/persons.ts';
import { pictureUrl } from '../../data/pictures.ts';
import { go } from '../../data/route.ts';
import { useStore } from '../../data/store.ts';
import { useChord } from '../../keys/key-actions.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, Segments } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Keys } from '../../parts/key.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { countText, instantText, numberText } from '../../wording.ts';

const TITLE = 'Find this face';

/** How far the list goes. */
const REACHES = ['0.45', '0.60', '0.80'] as const;
type Reach = (typeof REACHES)[number];

function Reason({ value, hint, onChange }: { value: string; hint: string; onChange: (reason: string) => void }) {
  return (
    <Field label="Reason" hint={hint}>
      <textarea
        className="input"
        rows={3}
        value={value}
        data-first
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

const isReason = (text: string): boolean => personsReasonSchema.safeParse(text).success;

/** While it is off. */
export function SwitchOn({ onClose }: { onClose: () => void }) {
  const [reason, setReason] = useState('');
  const writable = useCase()?.writable ?? false;
  const { mutate, isPending, error } = useMutation({ mutationFn: () => switchOn(reason) });
  return (
    <FormDialog
      title="Compare the faces of this case?"
      submit="Switch on"
      ready={writable && isReason(reason) && !isPending}
      error={error}
      guarded
      onSubmit={mutate}
      onClose={onClose}
    >
      <Message tone="caution" title="It is off in this case." quiet>
        <p>{BIOMETRIC}</p>
        <p>{NO_IDENTIFICATION}</p>
      </Message>
      {writable ? (
        <Reason
          value={reason}
          hint="Why faces are compared in this case: at least ten characters. It is entered in the log with your name."
          onChange={setReason}
        />
      ) : (
        <p className="secondary">This case can only be looked at: nothing can be switched on in it.</p>
      )}
    </FormDialog>
  );
}

function Making() {
  const job = useStore(jobs).jobs.find((one) => one.kind === 'persons' && isActive(one));
  if (!job) return null;
  const { done, total } = job.progress;
  const words = total === null ? 'Beginning' : `${numberText(done)} of ${countText(total, 'face', 'faces')}`;
  return (
    <div className="alike-making">
      <span className="secondary">Making embeddings: {words}</span>
      <ProgressBar label="Faces measured" done={done} total={total} words={words} wanders />
    </div>
  );
}

export function FacePicture({ one: { hasPicture, verdictId } }: { one: Pick<FaceShown, 'hasPicture' | 'verdictId'> }) {
  if (!hasPicture || verdictId === null) return <ScanFace size={26} strokeWidth={1.4} />;
  return <img src={pictureUrl({ kind: 'crop', id: verdictId })} alt="" draggable={false} loading="lazy" />;
}

function Tile({
  one,
  selected,
  onSelect,
  onOpen,
}: {
  one: Alike;
  selected: boolean;
  onSelect: () => void;
  onOpen: () => void;
}) {
  const name = alikeName(one);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (selected) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the listbox, which names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys
    <div
      ref={ref}
      id={`alike-${one.faceId}`}
      className="alike-tile"
      role="option"
      aria-selected={selected}
      title={name}
      onClick={onSelect}
      onDoubleClick={onOpen}
    >
      <span className="unseen">{`${name}, distance ${distanceText(one.distance)}`}</span>
      <div className="alike-picture" aria-hidden>
        <FacePicture one={one} />
      </div>
      <span className="alike-distance mono" aria-hidden>
        {distanceText(one.distance)}
      </span>
      <span className="alike-name" aria-hidden>
        {name}
      </span>
    </div>
  );
}

/** Steps of the keys that move, where a row has so many. */
export const STEPS_OF_KEYS: Readonly<Record<string, (columns: number) => number>> = {
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
  ArrowDown: (columns) => columns,
  ArrowUp: (columns) => -columns,
  Home: () => Number.NEGATIVE_INFINITY,
  End: () => Number.POSITIVE_INFINITY,
};

function List({
  alike,
  onOpen,
  onLookFor,
}: {
  alike: readonly Alike[];
  onOpen: (one: Alike) => void;
  onLookFor: (one: Alike) => void;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const chord = useChord('persons.find');
  const selected = alike[at];
  // What came with a new search is what the keys are for, but for who is still choosing how far.
  useEffect(() => {
    if (!document.activeElement?.matches('[type=radio]')) ref.current?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = getComputedStyle(ref.current!).gridTemplateColumns.split(' ').length;
    const step = STEPS_OF_KEYS[event.key]?.(columns);
    if (step === undefined && event.key !== 'Enter' && event.key !== chord) return;
    event.preventDefault();
    if (step !== undefined) setAt((now) => Math.max(0, Math.min(alike.length - 1, now + step)));
    else if (selected && !event.repeat) (event.key === 'Enter' ? onOpen : onLookFor)(selected);
  };
  return (
    <div
      ref={ref}
      className="alike-list"
      role="listbox"
      aria-label="Faces, nearest first"
      aria-activedescendant={selected ? `alike-${selected.faceId}` : undefined}
      tabIndex={0}
      data-first
      onKeyDown={onKeyDown}
    >
      {alike.map((one, i) => (
        <Tile key={one.faceId} one={one} selected={i === at} onSelect={() => setAt(i)} onOpen={() => onOpen(one)} />
      ))}
    </div>
  );
}

/** Which face of the picture, where it has several. */
function WhichFace({ answer, onChoose }: { answer: PersonsAnswer; onChoose: (face: number) => void }) {
  const { of } = answer;
  if (of.kind !== 'file' || of.faces < 2 || of.faces > 12) return null;
  return (
    <Segments
      label="Which face of the picture"
      value={String(of.face)}
      choices={Array.from({ length: of.faces }, (_, i) => ({ value: String(i + 1), label: `Face ${i + 1}` }))}
      onChange={(face) => onChoose(Number(face))}
    />
  );
}

function Search({ state, start, onClose }: { state: PersonsState; start: LookedFor | null; onClose: () => void }) {
  const [of, setOf] = useState(start);
  const [file, setFile] = useState('');
  const [reach, setReach] = useState<Reach>('0.60');
  const writable = useCase()?.writable ?? false;
  const within = Number(reach);
  // Asked once: each search is an entry of the log. Again when embeddings were added.
  const found = useQuery({
    queryKey: ['alike', of, within, state.kept],
    queryFn: () => findAlike(of!, within),
    enabled: of !== null && state.kept > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    networkMode: 'always',
  });
  const measuring = useMutation({ mutationFn: measureFaces });
  const answer = found.data;
  const missing = Math.max(0, state.faces - state.kept);
  const isMaking = useStore(jobs).jobs.some((one) => one.kind === 'persons' && isActive(one));
  const open = ({ verdictId }: Alike): void => {
    if (verdictId === null) return;
    onClose();
    go('inspect', verdictId);
  };
  return (
    <Dialog title={TITLE} size="large" onClose={onClose}>
      <div className="alike">
        <form
          className="alike-asked"
          onSubmit={(event) => {
            event.preventDefault();
            if (file !== '') setOf({ file });
          }}
        >
          <PathField
            label="A picture outside the case"
            title="Find a face of a picture"
            wanted={{ kind: 'file' }}
            value={file}
            optional
            first={start === null}
            onChange={setFile}
          />
          <Button type="submit" disabled={file === ''}>
            Find its face
          </Button>
          <Segments
            label="As far as"
            value={reach}
            choices={REACHES.map((value) => ({ value, label: `to ${value}`, name: `as far as ${value}` }))}
            onChange={setReach}
          />
        </form>
        {answer ? (
          <div className="alike-said" aria-live="polite">
            {answer.of.kind === 'face' ? (
              <div className="alike-picture alike-asked-for" aria-hidden>
                <FacePicture one={answer.of} />
              </div>
            ) : null}
            <strong>{lookedForWords(answer)}</strong> <span>{comparedSentences(answer, within)}</span>
            <WhichFace answer={answer} onChoose={(face) => of && 'file' in of && setOf({ file: of.file, face })} />
          </div>
        ) : (
          <p className="secondary">
            {of === null
              ? 'Name a picture, or choose a face of the case and press the key of this search.'
              : found.isFetching
                ? 'Comparing…'
                : state.kept === 0
                  ? 'No face of this case has an embedding yet.'
                  : ''}
          </p>
        )}
        <Failure error={found.error ?? measuring.error} />
        {state.unusable === null ? null : (
          <Message tone="danger" title="Nothing can be compared.">
            {state.unusable}
          </Message>
        )}
        <List
          key={found.dataUpdatedAt}
          alike={answer?.alike ?? NOTHING}
          onOpen={open}
          onLookFor={({ faceId }) => setOf({ faceId })}
        />
        <p className="secondary">{NO_IDENTIFICATION}</p>
        <Making />
        <div className="alike-foot">
          <span className="muted">{personsLines(state, instantText).slice(0, 2).join(' ')}</span>
          {missing > 0 && writable && !isMaking ? (
            <Button small onClick={() => measuring.mutate()}>
              Make the {numberText(missing)} missing
            </Button>
          ) : null}
          {writable ? (
            <Button small tone="danger" onClick={() => void askToErase()}>
              Erase and switch off…
            </Button>
          ) : null}
          <span className="alike-keys muted">
            <Keys chord="Enter" /> inspect <Keys chord={useChord('persons.find')} /> find the selected one
          </span>
        </div>
      </div>
    </Dialog>
  );
}

const NOTHING: readonly Alike[] = [];

export function AlikeDialog({ of, onClose }: { of: LookedFor | null; onClose: () => void }) {
  const state = usePersonsState();
  if (!state) return null;
  return state.on ? <Search state={state} start={of} onClose={onClose} /> : <SwitchOn onClose={onClose} />;
}

export function EraseDialog({ onClose }: { onClose: () => void }) {
  const [reason, setReason] = useState('');
  const state = usePersonsState();
  const elsewhere = state && namesElsewhere(state);
  const { mutate, isPending, error } = useMutation({ mutationFn: () => eraseEmbeddings(reason), onSuccess: onClose });
  return (
    <FormDialog
      title="Erase the embeddings of this case?"
      submit={isPending ? 'Erasing…' : 'Erase and switch off'}
      ready={isReason(reason) && !isPending}
      error={error}
      guarded
      onSubmit={mutate}
      onClose={onClose}
    >
      <p>
        {countText(state?.kept ?? 0, 'embedding is', 'embeddings are')} written over and removed. That it was on, and
        what was looked for, stays in the log. They can be made again from the evidence. Groups of faces and the names
        given them go with them, and cannot.
      </p>
      {elsewhere ? <p>{elsewhere}</p> : null}
      <Reason
        value={reason}
        hint="At least ten characters. It is entered in the log with your name."
        onChange={setReason}
      />
    </FormDialog>
  );
}
