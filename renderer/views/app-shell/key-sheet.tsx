// The `?` sheet: every key there is.

import { go } from '../../data/route.ts';
import { useSettings } from '../../data/settings.ts';
import { chordOf, KEY_ACTIONS, KEY_GROUPS, KEY_TABLE } from '../../keys/key-table.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Keys } from '../../parts/key.tsx';

export function KeySheet({ onClose }: { onClose: () => void }) {
  const { keys } = useSettings();
  return (
    <Dialog title="Keys" onClose={onClose} size="wide">
      <div className="key-sheet">
        {KEY_GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {KEY_ACTIONS.filter((action) => KEY_TABLE[action].group === group).map((action) => (
                <div key={action} className="key-sheet-row">
                  <dt>{KEY_TABLE[action].label}</dt>
                  <dd>
                    {chordOf(action, keys) ? (
                      <Keys chord={chordOf(action, keys)} />
                    ) : (
                      <span className="muted">none</span>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="secondary">
        Every key can be changed in{' '}
        <button
          type="button"
          className="link-button"
          onClick={() => {
            onClose();
            go('settings');
          }}
        >
          Settings
        </button>
        .
      </p>
    </Dialog>
  );
}
