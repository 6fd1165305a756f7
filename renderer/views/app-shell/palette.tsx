// The command palette: every command of the key table that means something now, screens, saved views and recent cases.
import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import type { ReactNode } from 'react';
import { engine } from '../../data/engine.ts';
import { showView } from '../../data/grid-state.ts';
import { useCase } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { go } from '../../data/route.ts';
import { changeSettings, useSettings } from '../../data/settings.ts';
import { canRun, runAction } from '../../keys/key-actions.ts';
import { chordOf, KEY_ACTIONS, KEY_TABLE } from '../../keys/key-table.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Keys } from '../../parts/key.tsx';
import { openCase } from '../cases/open-case-action.ts';

function Item({
  onRun,
  children,
  chord,
  value,
}: {
  onRun: () => void;
  children: ReactNode;
  chord?: string;
  value: string;
}) {
  return (
    <Command.Item value={value} onSelect={onRun}>
      <span className="palette-label">{children}</span>
      {chord ? <Keys chord={chord} /> : null}
    </Command.Item>
  );
}

export function Palette({ onClose }: { onClose: () => void }) {
  const open = useCase();
  const settings = useSettings();
  const views = useQuery(engine.finding.views.queryOptions({ enabled: Boolean(open) })).data ?? [];
  const recent = useQuery(engine.case.recent.queryOptions()).data ?? [];
  const run = (act: () => void) => () => {
    onClose();
    // After the dialog has given the focus back.
    setTimeout(act);
  };
  return (
    <Dialog title="Command palette" onClose={onClose} bare>
      <Command className="palette" label="Command palette" loop>
        <Command.Input data-first placeholder="Type a command, a screen, a view, a case" />
        <Command.List label="Commands">
          <Command.Empty>Nothing of that name.</Command.Empty>
          <Command.Group heading="Commands">
            {KEY_ACTIONS.filter((action) => action !== 'palette.open' && canRun(action)).map((action) => (
              <Item
                key={action}
                value={`${KEY_TABLE[action].group} ${KEY_TABLE[action].label}`}
                chord={chordOf(action, settings.keys)}
                onRun={run(() => runAction(action))}
              >
                {KEY_TABLE[action].group === 'Screens' ? `Go to ${KEY_TABLE[action].label}` : KEY_TABLE[action].label}
              </Item>
            ))}
          </Command.Group>
          <Command.Group heading="Case">
            <Item value="new case" onRun={run(() => show({ kind: 'newCase' }))}>
              New case
            </Item>
            <Item value="open case folder" onRun={run(() => show({ kind: 'openCase' }))}>
              Open a case
            </Item>
            <Item value="open portable case unpack" onRun={run(() => show({ kind: 'unpack' }))}>
              Open a portable case
            </Item>
            {open ? (
              <Item value="write portable case pack" onRun={run(() => show({ kind: 'pack' }))}>
                Write a portable case
              </Item>
            ) : null}
            {open?.writable ? (
              <Item value="examiner change who is examining" onRun={run(() => show({ kind: 'examiner' }))}>
                Change who is examining
              </Item>
            ) : null}
            {recent
              .filter((one) => !one.missing && one.folder !== open?.folder)
              .map((one) => (
                <Item
                  key={one.folder}
                  value={`case ${one.title} ${one.folder}`}
                  onRun={run(() => void openCase(one.folder))}
                >
                  Open {one.title} <span className="muted">{one.folder}</span>
                </Item>
              ))}
          </Command.Group>
          {views.length > 0 ? (
            <Command.Group heading="Saved views">
              {views.map((view) => (
                <Item
                  key={view.id}
                  value={`view ${view.name} ${view.id}`}
                  onRun={run(() => {
                    showView(view);
                    go('faces');
                  })}
                >
                  {view.name}
                </Item>
              ))}
            </Command.Group>
          ) : null}
          <Command.Group heading="Appearance">
            {(['system', 'light', 'dark'] as const).map((theme) => (
              <Item key={theme} value={`theme ${theme}`} onRun={run(() => void changeSettings({ theme }))}>
                {theme === 'system' ? 'Theme of the system' : theme === 'light' ? 'Light theme' : 'Dark theme'}
              </Item>
            ))}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}
