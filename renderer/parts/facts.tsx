// Names and values: facts in two columns, figures side by side.
import type { ReactNode } from 'react';
import { visibleText } from '../../contract/visible-text.ts';

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

/** Each figure under its name; `className` says how they are laid out. */
export const Figures = ({ figures, className }: { figures: readonly Fact[]; className: string }) => (
  <dl className={className}>
    {figures.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
