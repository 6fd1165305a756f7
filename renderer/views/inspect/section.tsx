// A section of the dossier that is read only when it is opened.
import { type ReactNode, useState } from 'react';

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
