// Groups of faces, by keyboard: those that the machine proposes and those that have a name, one of them
// opened to its faces; named, joined, split and put right. Pictures, names and sizes; no score is shown
// here, and nobody is named but by an examiner.
import { useMutation } from '@tanstack/react-query';
import { Check, ScanFace } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { FaceGroupId, FaceId } from '../../../contract/brand.ts';
import { type FaceGroup, type FaceGroups, GROUP_WITHIN, groupNameSchema } from '../../../contract/face-groups.ts';
import {
  GROUP_ACTION_WORDS,
  groupNumbered,
  groupSize,
  groupsLines,
  groupTitle,
  joinedSentence,
  namedSentence,
  namedWords,
  WHO_NOT_WHETHER,
} from '../../../contract/face-groups-words.ts';
import type { FaceShown } from '../../../contract/persons.ts';
import { alikeName } from '../../../contract/persons-words.ts';
import { NO_FILTER, setFilter } from '../../data/grid-state.ts';
import {
  FACES_A_PAGE,
  GROUPS_A_PAGE,
  groupStep,
  groupsDrawn,
  placeOfGroup,
  proposeGroups,
  undoGroupStep,
  useGroup,
  useGroups,
} from '../../data/groups.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { notify } from '../../data/notices.ts';
import { useCase } from '../../data/open-case.ts';
import { usePersonsState } from '../../data/persons.ts';
import { go } from '../../data/route.ts';
import { useStore } from '../../data/store.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Input, Segments } from '../../parts/field.tsx';
import { Keys } from '../../parts/key.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { countText, instantText, numberText } from '../../wording.ts';
import { FacePicture, STEPS_OF_KEYS, SwitchOn } from './alike-dialog.tsx';

const TITLE = 'Groups of faces';

/** How near groups lie that are joined. */
const REACHES = ['0.35', '0.40', '0.45'] as const;
type Reach = (typeof REACHES)[number];
const USUAL: Reach = REACHES.find((one) => Number(one) === GROUP_WITHIN)!;

type Item = { id: number; name: string; body: ReactNode };

/** What is marked of a list, by its numbers. */
type Marks = { marked: ReadonlySet<number>; toggle: (id: number) => void; clear: () => void };

function useMarks(): Marks {
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  return {
    marked,
    toggle: (id) => setMarked((now) => new Set(now.has(id) ? [...now].filter((one) => one !== id) : [...now, id])),
    clear: () => setMarked(new Set()),
  };
}

/** A list of pictures of which one is where the keys are, and several may be marked. */
function Tiles({
  label,
  items,
  at,
  marks,
  onMove,
  onOpen,
  keys,
}: {
  label: string;
  items: readonly Item[];
  at: number;
  marks: Marks;
  onMove: (at: number) => void;
  onOpen: (item: Item) => void;
  /** What other keys do with the one where the keys are. */
  keys: Readonly<Record<string, () => void>>;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const active = items[at];
  useEffect(() => ref.current?.focus(), []);
  useEffect(() => {
    if (active) document.getElementById(`group-tile-${active.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
      if (!event.repeat || !STEPS_OF_KEYS[event.key]) return;
    }
    const columns = getComputedStyle(ref.current!).gridTemplateColumns.split(' ').length;
    const step = STEPS_OF_KEYS[event.key]?.(columns);
    if (step !== undefined) onMove(Math.max(0, Math.min(items.length - 1, at + step)));
    else if (event.key === 'Enter' && active) onOpen(active);
    else if (event.key === ' ' && active) marks.toggle(active.id);
    else if (keys[event.key]) keys[event.key]!();
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={ref}
      className="alike-list"
      role="listbox"
      aria-label={label}
      aria-multiselectable
      aria-activedescendant={active ? `group-tile-${active.id}` : undefined}
      tabIndex={0}
      data-first
      onKeyDown={onKeyDown}
    >
      {items.map((item, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the listbox, which names the active option
        // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys
        <div
          key={item.id}
          id={`group-tile-${item.id}`}
          className={`alike-tile group-tile${i === at ? ' group-tile-active' : ''}`}
          role="option"
          aria-selected={marks.marked.has(item.id)}
          title={item.name}
          onClick={(event) => {
            onMove(i);
            if (event.ctrlKey || event.metaKey || event.shiftKey) marks.toggle(item.id);
          }}
          onDoubleClick={() => onOpen(item)}
        >
          <span className="unseen">{item.name}</span>
          {marks.marked.has(item.id) ? <Check className="group-check" size={18} aria-hidden /> : null}
          {item.body}
        </div>
      ))}
    </div>
  );
}

const itemOfGroup = (group: FaceGroup): Item => ({
  id: group.id,
  name: `${groupTitle(group)}, ${groupSize(group)}`,
  body: (
    <>
      <div className="group-pictures" aria-hidden>
        {group.shown.map((one) => (
          <div key={one.faceId} className="alike-picture">
            <FacePicture one={one} />
          </div>
        ))}
      </div>
      <span className={`group-title${group.name === null ? ' muted' : ''}`} aria-hidden>
        {groupTitle(group)}
      </span>
      <span className="alike-name" aria-hidden>
        {groupSize(group)}
      </span>
    </>
  ),
});

const itemOfFace = (one: FaceShown): Item => ({
  id: one.faceId,
  name: alikeName(one),
  body: (
    <>
      <div className="alike-picture" aria-hidden>
        <FacePicture one={one} />
      </div>
      <span className="alike-name" aria-hidden>
        {alikeName(one)}
      </span>
    </>
  ),
});

/** Faces that stand for a group while its name is asked for. */
const FACES_NAMED = 4;

/**
 * Asks who it is, with the group's number and faces in view; the list has the keys again when it is
 * left.
 */
function NameForm({ group, faces, onLeave }: { group: FaceGroup; faces: readonly FaceShown[]; onLeave: () => void }) {
  const [name, setName] = useState(group.name ?? '');
  const [begun] = useState(groupsDrawn);
  const typed = name.trim();
  const isName = typed === '' ? group.name !== null : groupNameSchema.safeParse(typed).success;
  const give = async (): Promise<void> => {
    const step = { kind: 'name' as const, group: group.id, name: typed === '' ? null : typed };
    if (!isName || !(await groupStep(step, begun))) return;
    notify(namedSentence(step));
    onLeave();
  };
  return (
    <form
      className="group-name"
      onSubmit={(event) => {
        event.preventDefault();
        void give();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <p className="group-asked">
        {groupNumbered(group)}, {groupSize(group)}: who is it?
      </p>
      <div className="group-asked-faces" aria-hidden>
        {faces.slice(0, FACES_NAMED).map((one) => (
          <div key={one.faceId} className="alike-picture">
            <FacePicture one={one} />
          </div>
        ))}
      </div>
      <Input
        aria-label={`Name of group ${group.id}`}
        placeholder="Who it is; empty takes the name away"
        value={name}
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      <Button small tone="primary" type="submit" disabled={!isName}>
        {typed === '' ? 'Take the name away' : 'Give this name'}
      </Button>
      <Button small onClick={onLeave}>
        Cancel
      </Button>
    </form>
  );
}

function Pages({
  offset,
  size,
  total,
  onGo,
}: {
  offset: number;
  size: number;
  total: number;
  onGo: (offset: number) => void;
}) {
  if (total <= size) return null;
  return (
    <span className="group-pages">
      <Button small disabled={offset === 0} onClick={() => onGo(Math.max(0, offset - size))}>
        Before
      </Button>
      <span className="muted">
        {numberText(offset + 1)} to {numberText(Math.min(total, offset + size))} of {numberText(total)}
      </span>
      <Button small disabled={offset + size >= total} onClick={() => onGo(offset + size)}>
        Next
      </Button>
    </span>
  );
}

function Undo({ groups }: { groups: FaceGroups }) {
  const { undoing } = groups;
  if (undoing === null) return null;
  return (
    <Button small title={GROUP_ACTION_WORDS[undoing]} onClick={() => void undoGroupStep()}>
      Undo <Keys chord="u" />
    </Button>
  );
}

function List({
  groups,
  offset,
  keysOn,
  onKeysOn,
  onPage,
  onOpen,
}: {
  groups: FaceGroups;
  offset: number;
  /** The group that keys speak of, wherever a step has moved it in the list; null for the first. */
  keysOn: FaceGroupId | null;
  onKeysOn: (group: FaceGroupId | null) => void;
  onPage: (offset: number) => void;
  onOpen: (group: FaceGroupId) => void;
}) {
  const [naming, setNaming] = useState<FaceGroup | null>(null);
  const marks = useMarks();
  const writable = useCase()?.writable ?? false;
  const shown = groups.groups;
  const at = keysOn === null ? 0 : shown.findIndex(({ id }) => id === keysOn);
  const active = shown[at];
  const first = shown[0]?.id ?? null;
  useEffect(() => {
    if (keysOn === null) onKeysOn(first);
  }, [keysOn, first, onKeysOn]);
  // A step may move the group to another page; one that there is no longer has the keys no more.
  const isElsewhere = at < 0 && keysOn !== null;
  useEffect(() => {
    if (!isElsewhere) return;
    let isWanted = true;
    void placeOfGroup(keysOn).then((place) => {
      if (isWanted && place !== null) onPage(place - (place % GROUPS_A_PAGE));
    });
    return () => {
      isWanted = false;
    };
  }, [isElsewhere, keysOn, onPage]);
  const others = [...marks.marked].filter((id) => id !== active?.id) as FaceGroupId[];
  const name = (): void => {
    if (active && writable && !active.nameHidden) setNaming(active);
  };
  const join = async (): Promise<void> => {
    if (!active || !writable || others.length === 0) return;
    if (!(await groupStep({ kind: 'merge', into: active.id, groups: others }))) return;
    marks.clear();
    notify(joinedSentence(others, active.id));
  };
  const page = (by: number) => (): void => {
    const next = offset + by * GROUPS_A_PAGE;
    if (next >= 0 && next < groups.total) toPage(next);
  };
  const toPage = (next: number): void => {
    onKeysOn(null);
    onPage(next);
  };
  const keys = {
    n: name,
    m: () => void join(),
    u: () => void undoGroupStep(),
    PageDown: page(1),
    PageUp: page(-1),
  };
  return (
    <>
      {naming ? (
        <NameForm key={naming.id} group={naming} faces={naming.shown} onLeave={() => setNaming(null)} />
      ) : (
        <Tiles
          label="Groups of faces"
          items={shown.map(itemOfGroup)}
          at={at}
          marks={marks}
          onMove={(to) => onKeysOn(shown[to]?.id ?? null)}
          onOpen={({ id }) => onOpen(id as FaceGroupId)}
          keys={keys}
        />
      )}
      <div className="alike-foot">
        <Button small disabled={!active} onClick={() => active && onOpen(active.id)}>
          Open <Keys chord="Enter" />
        </Button>
        {writable ? (
          <>
            <Button small disabled={!active || active.nameHidden} onClick={name}>
              Name… <Keys chord="n" />
            </Button>
            <Button small disabled={others.length === 0} onClick={() => void join()}>
              Join {others.length > 0 ? `${numberText(others.length)} marked` : 'marked'} into this <Keys chord="m" />
            </Button>
            <Undo groups={groups} />
          </>
        ) : null}
        <Pages offset={offset} size={GROUPS_A_PAGE} total={groups.total} onGo={toPage} />
        <span className="alike-keys muted">
          <Keys chord="Space" /> mark
        </span>
      </div>
    </>
  );
}

function Opened({
  id,
  groups,
  onBack,
  onClose,
}: {
  id: FaceGroupId;
  groups: FaceGroups;
  onBack: () => void;
  onClose: () => void;
}) {
  const [offset, setOffset] = useState(0);
  const [at, setAt] = useState(0);
  const [naming, setNaming] = useState(false);
  const marks = useMarks();
  const writable = useCase()?.writable ?? false;
  const found = useGroup(id, offset);
  if (!found) return <p className="secondary">Reading…</p>;
  const { group, faces } = found;
  const active = faces[Math.min(at, faces.length - 1)];
  const chosen = (marks.marked.size > 0 ? [...marks.marked] : active ? [active.faceId] : []) as FaceId[];
  const mayChange = writable && !group.nameHidden && chosen.length > 0;
  const move = async (kind: 'split' | 'takeOut'): Promise<void> => {
    if (!mayChange) return;
    const done = await groupStep({ kind, group: id, faces: chosen });
    if (!done) return;
    marks.clear();
    if (chosen.length >= group.faces) onBack();
  };
  const inspect = (faceId: number): void => {
    const verdictId = faces.find((one) => one.faceId === faceId)?.verdictId;
    if (verdictId == null) return;
    onClose();
    go('inspect', verdictId);
  };
  const name = (): void => {
    if (writable && !group.nameHidden) setNaming(true);
  };
  const showInFaces = (): void => {
    setFilter({ ...NO_FILTER, groups: [id] });
    onClose();
    go('faces');
  };
  const keys = {
    f: showInFaces,
    n: name,
    s: () => void move('split'),
    o: () => void move('takeOut'),
    u: () => void undoGroupStep(),
    Backspace: onBack,
  };
  const by = group.namedBy === '' ? '' : `, ${namedWords(group)}`;
  return (
    <>
      <div className="alike-said" aria-live="polite">
        <strong>{groupNumbered(group)}</strong> <span>{`${groupSize(group)}${by}.`}</span>
      </div>
      {naming ? (
        <NameForm group={group} faces={faces} onLeave={() => setNaming(false)} />
      ) : (
        <Tiles
          label={`Faces of ${groupTitle(group)}`}
          items={faces.map(itemOfFace)}
          at={Math.min(at, faces.length - 1)}
          marks={marks}
          onMove={setAt}
          onOpen={({ id: face }) => inspect(face)}
          keys={keys}
        />
      )}
      <div className="alike-foot">
        <Button small onClick={onBack}>
          All groups <Keys chord="Backspace" />
        </Button>
        <Button small onClick={showInFaces}>
          Show in Faces <Keys chord="f" />
        </Button>
        {writable ? (
          <>
            <Button small disabled={group.nameHidden} onClick={name}>
              Name… <Keys chord="n" />
            </Button>
            <Button small disabled={!mayChange || chosen.length >= group.faces} onClick={() => void move('split')}>
              Split {countText(chosen.length, 'face', 'faces')} off <Keys chord="s" />
            </Button>
            <Button small disabled={!mayChange} onClick={() => void move('takeOut')}>
              Take out <Keys chord="o" />
            </Button>
            <Undo groups={groups} />
          </>
        ) : null}
        <Pages offset={offset} size={FACES_A_PAGE} total={group.faces} onGo={setOffset} />
        <span className="alike-keys muted">
          <Keys chord="Space" /> mark <Keys chord="Enter" /> inspect
        </span>
      </div>
    </>
  );
}

function Propose({ groups }: { groups: FaceGroups }) {
  const [reach, setReach] = useState<Reach>(USUAL);
  const { mutate, error } = useMutation({ mutationFn: () => proposeGroups(Number(reach)) });
  const job = useStore(jobs).jobs.find((one) => one.kind === 'groups' && isActive(one));
  const writable = useCase()?.writable ?? false;
  if (!writable) return null;
  const words = job ? `${numberText(job.progress.done)} of ${countText(job.progress.total ?? 0, 'face', 'faces')}` : '';
  return (
    <>
      <div className="alike-foot">
        <Button
          small
          tone={groups.total === 0 ? 'primary' : 'plain'}
          disabled={job !== undefined}
          onClick={() => mutate()}
        >
          {groups.proposal ? 'Propose anew' : 'Propose groups'}
        </Button>
        <Segments
          label="Joined within"
          value={reach}
          choices={REACHES.map((value) => ({ value, label: `within ${value}`, name: `joined within ${value}` }))}
          onChange={setReach}
        />
        {job ? (
          <ProgressBar
            label="Faces grouped"
            done={job.progress.done}
            total={job.progress.total}
            words={words}
            wanders
          />
        ) : null}
      </div>
      <Failure error={error} />
    </>
  );
}

function Groups({ onClose }: { onClose: () => void }) {
  const [offset, setOffset] = useState(0);
  const [opened, setOpened] = useState<FaceGroupId | null>(null);
  const [keysOn, setKeysOn] = useState<FaceGroupId | null>(null);
  const groups = useGroups(offset);
  return (
    <Dialog title={TITLE} size="large" onClose={onClose}>
      <div className="alike">
        {groups === undefined ? null : groups.unusable !== null ? (
          <Message tone="danger" title="The groups of this case cannot be used.">
            {groups.unusable}
          </Message>
        ) : (
          <>
            <p className="secondary" aria-live="polite">
              {groupsLines(groups, instantText).join(' ')}
            </p>
            {opened === null ? (
              groups.groups.length > 0 ? (
                <List
                  key={offset}
                  groups={groups}
                  offset={offset}
                  keysOn={keysOn}
                  onKeysOn={setKeysOn}
                  onPage={setOffset}
                  onOpen={setOpened}
                />
              ) : (
                <div className="group-none">
                  <ScanFace size={32} strokeWidth={1.4} aria-hidden />
                </div>
              )
            ) : (
              <Opened key={opened} id={opened} groups={groups} onBack={() => setOpened(null)} onClose={onClose} />
            )}
            {opened === null ? <Propose groups={groups} /> : null}
          </>
        )}
        <p className="secondary">{WHO_NOT_WHETHER}</p>
      </div>
    </Dialog>
  );
}

export function GroupsDialog({ onClose }: { onClose: () => void }) {
  const state = usePersonsState();
  if (!state) return null;
  return state.on ? <Groups onClose={onClose} /> : <SwitchOn onClose={onClose} />;
}
