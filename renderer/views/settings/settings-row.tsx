// One row of the settings: what it is, what it means, and its control.
import type { ReactNode } from 'react';

export function SettingsRow({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <div className="settings-row">
      <div>
        <strong>{title}</strong>
        {hint ? <p className="field-hint">{hint}</p> : null}
      </div>
      {children}
    </div>
  );
}
