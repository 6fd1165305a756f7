// What went wrong or needs care, in place; and a screen that has nothing to show yet.
import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorWords } from '../data/engine.ts';

const ICONS = { danger: CircleAlert, caution: TriangleAlert, good: CircleCheck, plain: Info } as const;

export function Message({
  tone = 'plain',
  title,
  children,
  quiet = false,
}: {
  tone?: 'plain' | 'good' | 'caution' | 'danger';
  title?: ReactNode;
  children?: ReactNode;
  /** Not read out when it appears: it was there before anything was done. */
  quiet?: boolean;
}) {
  const Icon = ICONS[tone];
  return (
    <div className={`message message-${tone}`} role={tone === 'danger' && !quiet ? 'alert' : undefined}>
      <Icon size={16} aria-hidden />
      <div className="message-body">
        {title ? <div className="message-title">{title}</div> : null}
        {children}
      </div>
    </div>
  );
}

/** An error of the engine in words. Nothing when there is none. */
export function Failure({ error }: { error: unknown }) {
  if (!error) return null;
  const { title, detail } = errorWords(error);
  return (
    <Message tone="danger" title={title}>
      {detail}
    </Message>
  );
}

export function Empty({
  icon: Icon,
  title,
  children,
  actions,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon size={34} strokeWidth={1.4} aria-hidden />
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {actions ? <div className="empty-actions">{actions}</div> : null}
    </div>
  );
}
