// Every key, and another one for it: press the button, then the key.
import { type KeyboardEvent, useState } from 'react';
import type { KeyAction } from '../../../contract/settings.ts';
import { notify } from '../../data/notices.ts';
import { changeSettings, useSettings } from '../../data/settings.ts';
import { chordFromEvent, keysFromChord } from '../../keys/chord.ts';
import { chordOf, KEY_ACTIONS, KEY_GROUPS, KEY_TABLE, rebind, whyNotBound } from '../../keys/key-table.ts';
import { Button } from '../../parts/button.tsx';
import { Keys } from '../../parts/key.tsx';

function BindingRow({
  action,
  listening,
  onListen,
}: {
  action: KeyAction;
  listening: boolean;
  onListen: (on: boolean) => void;
}) {
  const { keys } = useSettings();
  const chord = chordOf(action, keys);
  const take = (event: KeyboardEvent): void => {
    if (!listening) return;
    const pressed = chordFromEvent(event.nativeEvent);
    if (!pressed || pressed === 'Tab' || pressed === 'Shift+Tab') return;
    event.preventDefault();
    event.stopPropagation();
    onListen(false);
    // Esc leaves things as they are, but for the one action it belongs to.
    if (pressed === 'Escape' && KEY_TABLE[action].chord !== 'Escape') return;
    const refused = whyNotBound(keys, action, pressed);
    if (refused) notify(refused);
    else void changeSettings({ keys: rebind(keys, action, pressed) });
  };
  return (
    <li className="binding">
      <span>{KEY_TABLE[action].label}</span>
      <button
        type="button"
        className="binding-key"
        aria-label={`Key for ${KEY_TABLE[action].label}: ${chord ? keysFromChord(chord).join(' ') : 'none'}. Press to change`}
        onClick={() => onListen(!listening)}
        onKeyDown={take}
        onBlur={() => onListen(false)}
      >
        {listening ? (
          <span className="binding-listening">press a key</span>
        ) : chord ? (
          <Keys chord={chord} />
        ) : (
          <span className="muted">none</span>
        )}
      </button>
    </li>
  );
}

export function KeyBindingsTable() {
  const { keys } = useSettings();
  const [listening, setListening] = useState<KeyAction | null>(null);
  const changed = Object.keys(keys).length > 0;
  return (
    <section className="card settings-card" aria-label="Keys">
      <div className="settings-row">
        <strong>Keys</strong>
        <Button disabled={!changed} onClick={() => void changeSettings({ keys: {} })}>
          Reset all keys
        </Button>
      </div>
      <div className="bindings">
        {KEY_GROUPS.map((group) => (
          <section key={group} aria-label={group}>
            <h2 className="caps">{group}</h2>
            <ul>
              {KEY_ACTIONS.filter((action) => KEY_TABLE[action].group === group).map((action) => (
                <BindingRow
                  key={action}
                  action={action}
                  listening={listening === action}
                  onListen={(on) => setListening(on ? action : null)}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}
