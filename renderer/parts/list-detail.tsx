// A screen of two columns: what there is at the left, the chosen one at the right.
import type { ReactNode } from 'react';
import './list-detail.css';

/**
 * `action` stands beside the heading. `detailKey` names what is shown: something new is seen from
 * its head, not from where the one before was scrolled to.
 */
export function ListDetail({
  title,
  listLabel,
  action,
  list,
  detailLabel,
  detailKey,
  children,
}: {
  title: string;
  listLabel: string;
  action: ReactNode;
  list: ReactNode;
  detailLabel: string;
  detailKey: string;
  children: ReactNode;
}) {
  return (
    <div className="list-detail">
      <aside className="list-column" aria-label={listLabel}>
        <div className="list-head">
          <h1>{title}</h1>
          {action}
        </div>
        {list}
      </aside>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section key={detailKey} className="detail-column" aria-label={detailLabel} tabIndex={0}>
        {children}
      </section>
    </div>
  );
}

/** One of the list: its name, and lines below it. */
export function ListRow({
  name,
  current,
  onSelect,
  children,
}: {
  name: string;
  current: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <li>
      <button type="button" className="list-row" aria-current={current} onClick={onSelect}>
        <span className="list-name">{name}</span>
        {children}
      </button>
    </li>
  );
}
