// Buttons.
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Tooltip } from './tooltip.tsx';

type ButtonProps = ComponentProps<'button'> & {
  tone?: 'plain' | 'primary' | 'quiet' | 'danger';
  small?: boolean;
  icon?: LucideIcon;
};

/** The second click of a double click asks for nothing: what was asked for once is done once. */
export function Button({ tone = 'plain', small, icon: Icon, className = '', children, onClick, ...rest }: ButtonProps) {
  const once: ButtonProps['onClick'] = (event) => {
    if (event.detail > 1) event.preventDefault();
    else onClick?.(event);
  };
  const look = `button button-${tone}${small ? ' button-small' : ''} ${className}`;
  return (
    <button type="button" className={look} onClick={once} {...rest}>
      {Icon ? <Icon size={small ? 13 : 15} aria-hidden /> : null}
      {children}
    </button>
  );
}

/** A square button with an icon; its name is read out and shown as a tooltip. */
export function IconButton({
  icon: Icon,
  label,
  chord,
  size = 16,
  side,
  ...rest
}: ComponentProps<'button'> & {
  icon: LucideIcon;
  label: string;
  chord?: string;
  size?: number;
  side?: 'top' | 'bottom' | 'left' | 'right';
}) {
  return (
    <Tooltip text={label} {...(chord ? { chord } : {})} {...(side ? { side } : {})}>
      <button type="button" className="icon-button" aria-label={label} {...rest}>
        <Icon size={size} aria-hidden />
      </button>
    </Tooltip>
  );
}
