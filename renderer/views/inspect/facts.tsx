// Names and values in two columns; a section that is read only when it is opened.

import { type ReactNode, useState } from 'react';
import { visibleText } from '../../../contract/visible-text.ts';

export type Fact = readonly [name: string, value: ReactNode];

/** Null rows are left out. Text is shown for what it is: much of it comes from the file. */
export const Facts = ({ facts }: { facts: readonly (Fact | null)[] }) => (
  <dl className="facts">
    {facts
      .filter((fact) => fact !== null)
      .map(([name, value]) => (
        <div className="fact" key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? visibleText(value) : value}</dd>
        </div>
      ))}
  </dl>
);

/** Which sections the examiner keeps open, from face to face. */
const openSections = new Set<string>();

export function Section({ title, children, open = false }: { title: string; children: ReactNode; open?: boolean }) {
  const [isOpen, setOpen] = useState(open || openSections.has(title));
  return (
    <details
      className="dossier-section"
      open={isOpen}
      onToggle={(event) => {
        const now = event.currentTarget.open;
        setOpen(now);
        if (now) openSections.add(title);
        else openSections.delete(title);
      }}
    >
      <summary>{title}</summary>
      {isOpen ? <div className="dossier-body">{children}</div> : null}
    </details>
  );
}
