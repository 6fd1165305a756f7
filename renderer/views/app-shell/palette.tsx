// The command palette: every command that means something now, screens, saved views and recent
// cases. Whatever gives an opinion is not here: it is given at the face, by its own key or button.
import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { type ReactNode, useState } from 'react';
import type { KeyAction } from '../../../contract/settings.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { switchBlind } from '../../data/blind.ts';
import { engine } from '../../data/engine.ts';
import { showView } from '../../data/grid-state.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { askToErase, lookFor } from '../../data/persons.ts';
import { go } from '../../data/route.ts';
import { changeSettings, useSettings } from '../../data/settings.ts';
import { canRun, runAction } from '../../keys/key-actions.ts';
import { chordOf, KEY_ACTIONS, KEY_TABLE } from '../../keys/key-table.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Keys } from '../../parts/key.tsx';
import { closeOpenCase, openCase } from '../cases/open-case-action.ts';
import { rankOf } from './palette-rank.ts';

/** One line: its name, other words that find it, what it does. */
type Item = { name: string; words?: readonly string[]; note?: ReactNode; chord?: string; run: () => void };
type Group = { heading: string; items: readonly Item[] };

/** The palette itself, and what would write at once: a dialog of tags asks first. */
const NOT_HERE: readonly KeyAction[] = ['palette.open', 'tag.undo'];

/**
 * Commands of the key table that can be run now; screens first, so that what is chosen before
 * anything is typed only goes somewhere.
 */
function useKeyCommands(): Item[] {
  const { keys } = useSettings();
  const shown = KEY_ACTIONS.filter(
    (action) => !NOT_HERE.includes(action) && KEY_TABLE[action].group !== 'Opinion' && canRun(action),
  );
  const isScreen = (action: (typeof shown)[number]): boolean => KEY_TABLE[action].group === 'Screens';
  return shown
    .toSorted((a, b) => Number(isScreen(b)) - Number(isScreen(a)))
    .map((action) => {
      const { label } = KEY_TABLE[action];
      return {
        name: isScreen(action) ? `Go to ${label}` : label,
        words: isScreen(action) ? [label] : [],
        chord: chordOf(action, keys),
        run: () => void runAction(action),
      };
    });
}

/** Goes to a screen and gives the focus to what the command is about, once it is drawn. */
function goAndFocus(
  view: Parameters<typeof go>[0],
  selector: string,
  then: (found: HTMLElement) => void = () => {},
): void {
  go(view);
  setTimeout(() => {
    const found = document.querySelector<HTMLElement>(selector);
    found?.focus();
    if (found) then(found);
  }, 200);
}

async function closeTheCase(): Promise<void> {
  if (await closeOpenCase()) go('cases');
}

function useCaseCommands(): Item[] {
  const open = useCase();
  const { blind } = useSession();
  const recent = useQuery(engine.case.recent.queryOptions()).data ?? [];
  const ofOpen: Item[] = open
    ? [
        {
          name: 'Verify the case',
          words: ['Check the hashes'],
          run: () => goAndFocus('activity', '#verify-case', (button) => button.click()),
        },
        { name: 'Write the report', words: ['Export', 'PDF', 'CSV', 'JSON'], run: () => go('report') },
        {
          name: 'Copy out originals',
          words: ['Export', 'Evidence', 'Manifest'],
          run: () => show({ kind: 'copyOut', choice: 'selected' }),
        },
        {
          name: 'Find a face of a picture outside the case',
          words: ['Persons', 'Similar faces', 'Search by face'],
          run: () => void lookFor(null),
        },
        {
          name: 'Near copies in this case, and of a picture outside it',
          words: ['Find a picture', 'Duplicates', 'Re-encoded', 'Stacks'],
          run: () => show({ kind: 'copies', of: null }),
        },
        { name: 'Write a portable case', words: ['Pack', 'Export'], run: () => show({ kind: 'pack' }) },
        { name: 'Close the case', run: () => void closeTheCase() },
      ]
    : [];
  const ofWritable: Item[] = open?.writable
    ? [
        { name: 'Change who is examining', words: ['Examiner'], run: () => show({ kind: 'examiner' }) },
        {
          name: 'Erase the embeddings of faces',
          words: ['Persons', 'Biometric data', 'Switch off'],
          run: () => void askToErase(),
        },
        {
          name: blind ? 'Leave blind review' : 'Start blind review',
          words: ['Blind review'],
          run: () => switchBlind(!blind),
        },
      ]
    : [];
  return [
    ...ofOpen,
    ...ofWritable,
    { name: 'New case', run: () => show({ kind: 'newCase' }) },
    { name: 'Open a case', words: ['Case folder'], run: () => show({ kind: 'openCase' }) },
    { name: 'Open a portable case', words: ['Unpack', 'Import a portable case'], run: () => show({ kind: 'unpack' }) },
    ...recent
      .filter((one) => !one.missing && one.folder !== open?.folder)
      .map((one) => ({
        name: `Open ${visibleText(one.title)}`,
        words: [one.title, one.folder],
        note: one.folder,
        run: () => void openCase(one.folder),
      })),
  ];
}

const MODEL_COMMANDS: readonly Item[] = [
  { name: 'Import a model', words: ['Checkpoint'], run: () => go('models') },
  { name: 'Validate a model', words: ['Measure a model'], run: () => go('models') },
  { name: 'Train a model', words: ['New training run'], run: () => go('training') },
  { name: 'Test the devices', words: ['Providers'], run: () => go('settings') },
];

function useGroups(): Group[] {
  const open = useCase();
  const views = useQuery(engine.finding.views.queryOptions({ enabled: Boolean(open) })).data ?? [];
  const showSaved = (view: (typeof views)[number]) => (): void => {
    showView(view);
    go('faces');
  };
  return [
    { heading: 'Commands', items: useKeyCommands() },
    { heading: 'Case', items: useCaseCommands() },
    { heading: 'Models', items: MODEL_COMMANDS },
    { heading: 'Saved views', items: views.map((view) => ({ name: view.name, run: showSaved(view) })) },
    {
      heading: 'Appearance',
      items: (['system', 'light', 'dark'] as const).map((theme) => ({
        name: theme === 'system' ? 'Theme of the system' : theme === 'light' ? 'Light theme' : 'Dark theme',
        run: () => void changeSettings({ theme }),
      })),
    },
  ];
}

type Line = Item & { value: string };

/**
 * What fits what was typed, the best first, whichever group it is of; all in their groups where
 * nothing was typed.
 */
function linesFor(groups: readonly Group[], search: string): { heading: string; lines: Line[] }[] {
  const all = groups.map(({ heading, items }) => ({
    heading,
    lines: items.map((item, i) => ({ ...item, value: `${heading} ${i} ${item.name}` })),
  }));
  if (search.trim() === '') return all.filter(({ lines }) => lines.length > 0);
  const ranked = all
    .flatMap(({ lines }) => lines)
    .map((line) => ({ line, rank: rankOf([line.name, ...(line.words ?? [])], search) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank);
  return ranked.length > 0 ? [{ heading: 'Best first', lines: ranked.map(({ line }) => line) }] : [];
}

export function Palette({ onClose }: { onClose: () => void }) {
  const [search, setSearch] = useState('');
  const [selected, setSelected] = useState<string>();
  const shown = linesFor(useGroups(), search);
  const run = (act: () => void) => () => {
    onClose();
    // After the dialog has given the focus back.
    setTimeout(act);
  };
  return (
    <Dialog title="Command palette" onClose={onClose} bare>
      <Command
        className="palette"
        label="Command palette"
        loop
        shouldFilter={false}
        value={selected ?? shown[0]?.lines[0]?.value ?? ''}
        onValueChange={setSelected}
      >
        <Command.Input
          data-first
          placeholder="Type a command, a screen, a view, a case"
          value={search}
          onValueChange={(next) => {
            setSearch(next);
            setSelected(undefined);
          }}
        />
        <Command.List label="Commands">
          <Command.Empty>Nothing of that name.</Command.Empty>
          {shown.map(({ heading, lines }) => (
            <Command.Group key={heading} heading={heading}>
              {lines.map(({ name, note, chord, run: act, value }) => (
                <Command.Item key={value} value={value} onSelect={run(act)}>
                  <span className="palette-label">
                    {name} {note ? <span className="muted">{note}</span> : null}
                  </span>
                  {chord ? <Keys chord={chord} /> : null}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
