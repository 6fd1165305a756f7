// A name for a control that shows only an icon, with its key.
import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Keys } from './key.tsx';

export function Tooltip({
  text,
  chord,
  children,
  side = 'bottom',
}: {
  text: string;
  chord?: string;
  children: ReactNode;
  side?: 'top' | 'bottom' | 'left' | 'right';
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="tooltip" sideOffset={6} side={side} collisionPadding={8}>
          {text}
          {chord ? <Keys chord={chord} /> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
