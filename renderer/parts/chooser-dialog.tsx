// Folders and files of the engine's machine, for choosing without a native dialog.

import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowUp, Briefcase, File, Folder, FolderPlus } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { visibleText } from '../../contract/visible-text.ts';
import { type ChooserRequest, chooser, noteFolder } from '../data/chooser.ts';
import { engine } from '../data/engine.ts';
import { useStore } from '../data/store.ts';
import { client } from '../transport.ts';
import { bytesText, instantText } from '../wording.ts';
import { Button, IconButton } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Input, SelectOf } from './field.tsx';
import { Failure } from './message.tsx';
import './chooser-dialog.css';

const ICONS = { folder: Folder, file: File, case: Briefcase } as const;

/**
 * Where a choice of this kind was made last: evidence is looked for among evidence, cases among
 * cases.
 */
const lastFolderOf = ({ mode }: ChooserRequest): string =>
  `recce.folder.${mode === 'media' || mode === 'folders' ? 'evidence' : mode}`;

type Entry = {
  name: string;
  path: string;
  kind: 'folder' | 'file' | 'case';
  sizeBytes: number | null;
  modifiedAt: string | null;
};

const canChoose = (mode: ChooserRequest['mode'], kind: Entry['kind']): boolean =>
  mode === 'media' || (mode === 'file' ? kind === 'file' : mode === 'case' ? kind === 'case' : kind !== 'file');

const takesSeveral = (mode: ChooserRequest['mode']): boolean => mode === 'media' || mode === 'folders';

/**
 * Whoever typed the path of a case, or walked into it, has chosen it; files are chosen from the
 * list.
 */
const takesFolder = (mode: ChooserRequest['mode'], isCase: boolean): boolean =>
  mode === 'folder' || mode === 'folders' || (mode === 'case' && isCase);

const ORDERS = {
  name: { words: 'Name', compare: (a: Entry, b: Entry) => a.name.localeCompare(b.name) },
  modified: {
    words: 'Newest first',
    compare: (a: Entry, b: Entry) => (b.modifiedAt ?? '').localeCompare(a.modifiedAt ?? ''),
  },
  size: { words: 'Largest first', compare: (a: Entry, b: Entry) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0) },
} as const;

/** Folders before files, each in the order asked for. */
const inOrder = (entries: readonly Entry[], order: keyof typeof ORDERS): Entry[] =>
  entries.toSorted((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || ORDERS[order].compare(a, b));

function NewFolder({ folder, onMade }: { folder: string; onMade: (path: string) => void }) {
  const [name, setName] = useState('');
  const making = useMutation({
    mutationFn: () => client.app.makeFolder({ folder, name }),
    onSuccess: ({ path }) => onMade(path),
  });
  return (
    <>
      <form
        className="chooser-path"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (name.trim()) making.mutate();
        }}
      >
        <Input
          ref={(field: HTMLInputElement | null) => field?.focus()}
          aria-label="Name of the new folder"
          placeholder="Name of the new folder"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" disabled={name.trim() === '' || making.isPending}>
          Create
        </Button>
      </form>
      <Failure error={making.error} />
    </>
  );
}

function EntryRow({
  entry,
  request,
  chosen,
  onChoose,
  onEnter,
}: {
  entry: Entry;
  request: ChooserRequest;
  chosen: boolean;
  onChoose: () => void;
  onEnter: () => void;
}) {
  const Icon = ICONS[entry.kind];
  const choosable = canChoose(request.mode, entry.kind);
  return (
    <li>
      <button
        type="button"
        className="chooser-entry"
        aria-pressed={choosable ? chosen : undefined}
        disabled={!choosable && entry.kind === 'file'}
        onClick={() => (choosable ? onChoose() : onEnter())}
        onDoubleClick={() => entry.kind !== 'file' && onEnter()}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight' && entry.kind !== 'file') onEnter();
        }}
      >
        <Icon size={16} aria-hidden />
        <span className="chooser-name">{visibleText(entry.name)}</span>
        {entry.kind === 'case' ? <span className="badge tone-accent">case</span> : null}
        <span className="chooser-facts muted">
          {entry.sizeBytes === null ? '' : bytesText(entry.sizeBytes)}
          <span className="chooser-when">{entry.modifiedAt ? instantText(entry.modifiedAt) : ''}</span>
        </span>
      </button>
      {entry.kind !== 'file' ? (
        <button
          type="button"
          className="chooser-enter"
          onClick={onEnter}
          aria-label={`Open ${visibleText(entry.name)}`}
        >
          Open
        </button>
      ) : null}
    </li>
  );
}

/** The button's words: what will be chosen. */
function confirmWords(mode: ChooserRequest['mode'], chosen: readonly string[]): string {
  if (mode === 'case') return 'Open the case';
  if (chosen.length > 1) return `Choose ${chosen.length} ${mode === 'folders' ? 'folders' : 'items'}`;
  return chosen.length === 0 && (mode === 'folder' || mode === 'folders') ? 'Choose this folder' : 'Choose';
}

function Chooser({ request }: { request: ChooserRequest }) {
  const [folder, setFolder] = useState<string | undefined>(localStorage.getItem(lastFolderOf(request)) ?? undefined);
  /** What is being typed; null shows the folder that is listed. */
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const [order, setOrder] = useState<keyof typeof ORDERS>('name');
  const [naming, setNaming] = useState(false);
  const listing = useQuery(
    engine.app.browse.queryOptions({
      input: folder ? { folder } : {},
      staleTime: 0,
      placeholderData: (before) => before,
    }),
  );
  const { data } = listing;
  useEffect(() => {
    if (!data || listing.isError || listing.isPlaceholderData) return;
    // A listing that arrives late does not take away what was typed meanwhile.
    setTyped((now) => (now === folder ? null : now));
    localStorage.setItem(lastFolderOf(request), data.folder);
  }, [data, folder, listing.isError, listing.isPlaceholderData, request]);
  const shown = typed ?? data?.folder ?? '';
  /**
   * What the field says is taken, not what is listed below it: there first, and nothing is chosen
   * that is not there.
   */
  const going = useMutation({
    mutationFn: (folder: string) => client.app.browse({ folder }),
    onSuccess: (there) => {
      localStorage.setItem(lastFolderOf(request), there.folder);
      if (takesFolder(request.mode, there.isCase)) request.resolve([there.folder]);
      else enter(there.folder);
    },
  });
  const elsewhere = shown !== (data?.folder ?? '');
  const enter = (path: string): void => {
    going.reset();
    setChosen([]);
    setTyped(path);
    setFolder(path);
  };
  const toggle = (path: string): void => {
    setTyped(null);
    setChosen((now) =>
      now.includes(path) ? now.filter((one) => one !== path) : takesSeveral(request.mode) ? [...now, path] : [path],
    );
  };
  const needsChoice = !(elsewhere || (data && takesFolder(request.mode, data.isCase)));
  const confirm = (): void => {
    for (const one of data?.entries ?? []) if (one.kind !== 'file' && chosen.includes(one.path)) noteFolder(one.path);
    if (chosen.length > 0) request.resolve(chosen);
    else if (elsewhere) going.mutate(shown);
    else request.resolve([shown]);
  };
  return (
    <Dialog title={request.title} onClose={() => request.resolve([])} size="wide">
      <form
        className="chooser-path"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          enter(shown);
        }}
      >
        <IconButton
          icon={ArrowUp}
          label="The folder above"
          disabled={!data?.parent}
          onClick={() => data?.parent && enter(data.parent)}
        />
        <Input
          aria-label="Folder"
          value={shown}
          // From here on the field is the writer's: a listing that arrives late may not change it
          // under the caret.
          data-first
          onFocus={() => data && setTyped(shown)}
          onChange={(event) => {
            going.reset();
            setChosen([]);
            setTyped(event.target.value);
          }}
        />
        <Button type="submit">Go</Button>
        <SelectOf label="Order" table={ORDERS} value={order} onChange={setOrder} />
      </form>
      <Failure error={going.error ?? listing.error} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul className="chooser-list" aria-label="Folders and files" tabIndex={0}>
        {inOrder(data?.entries ?? [], order).map((entry) => (
          <EntryRow
            key={entry.path}
            entry={entry}
            request={request}
            chosen={chosen.includes(entry.path)}
            onChoose={() => toggle(entry.path)}
            onEnter={() => enter(entry.path)}
          />
        ))}
        {data?.entries.length === 0 ? <li className="chooser-nothing">This folder is empty.</li> : null}
      </ul>
      {naming && data ? (
        <NewFolder
          folder={data.folder}
          onMade={(path) => {
            setNaming(false);
            enter(path);
          }}
        />
      ) : null}
      <div className="dialog-actions">
        {request.mode === 'folder' ? (
          <Button icon={FolderPlus} disabled={!data} onClick={() => setNaming(!naming)}>
            New folder
          </Button>
        ) : null}
        <Button onClick={() => request.resolve([])}>Cancel</Button>
        <Button
          tone="primary"
          disabled={shown.trim() === '' || going.isPending || (needsChoice && chosen.length === 0)}
          onClick={confirm}
        >
          {confirmWords(request.mode, chosen)}
        </Button>
      </div>
    </Dialog>
  );
}

/** Shown above everything while something is being chosen. */
export function ChooserDialog() {
  const request = useStore(chooser);
  return request ? <Chooser request={request} /> : null;
}
