// Folders and files of the engine's machine, for choosing without a native dialog.

import { useQuery } from '@tanstack/react-query';
import { ArrowUp, Briefcase, File, Folder } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { visibleText } from '../../contract/visible-text.ts';
import { type ChooserRequest, chooser } from '../data/chooser.ts';
import { engine } from '../data/engine.ts';
import { useStore } from '../data/store.ts';
import { Button, IconButton } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Input } from './field.tsx';
import { Failure } from './message.tsx';
import './chooser-dialog.css';

const ICONS = { folder: Folder, file: File, case: Briefcase } as const;
const LAST_FOLDER = 'recce.folder';

type Entry = { name: string; path: string; kind: 'folder' | 'file' | 'case' };

const canChoose = (mode: ChooserRequest['mode'], kind: Entry['kind']): boolean =>
  mode === 'media' || (mode === 'file' ? kind === 'file' : mode === 'case' ? kind === 'case' : kind !== 'file');

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
  if (mode === 'media' && chosen.length > 1) return `Choose ${chosen.length} items`;
  return chosen.length === 0 && mode !== 'file' ? 'Choose this folder' : 'Choose';
}

function Chooser({ request }: { request: ChooserRequest }) {
  const [folder, setFolder] = useState<string | undefined>(localStorage.getItem(LAST_FOLDER) ?? undefined);
  /** What is being typed; null shows the folder that is listed. */
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
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
    localStorage.setItem(LAST_FOLDER, data.folder);
  }, [data, folder, listing.isError, listing.isPlaceholderData]);
  const shown = typed ?? data?.folder ?? '';
  const enter = (path: string): void => {
    setChosen([]);
    setTyped(path);
    setFolder(path);
  };
  const toggle = (path: string): void =>
    setChosen((now) =>
      now.includes(path) ? now.filter((one) => one !== path) : request.mode === 'media' ? [...now, path] : [path],
    );
  // Whoever typed the path of a case, or walked into it, has chosen it.
  const needsChoice = request.mode === 'file' || (request.mode === 'case' && !data?.isCase);
  const confirm = (): void => request.resolve(chosen.length > 0 ? chosen : data ? [data.folder] : []);
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
          // From here on the field is the writer's: a listing that arrives late may not change it under the caret.
          onFocus={() => setTyped(shown)}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit">Go</Button>
      </form>
      <Failure error={listing.error} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul className="chooser-list" aria-label="Folders and files" tabIndex={0}>
        {data?.entries.map((entry) => (
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
      <div className="dialog-actions">
        <Button onClick={() => request.resolve([])}>Cancel</Button>
        <Button tone="primary" disabled={!data || (needsChoice && chosen.length === 0)} onClick={confirm}>
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
