// Fields of forms: label, control, hint; a check box; a choice of a few; a switch; a slider with
// one or two ends.
import { Slider as RadixSlider, Switch as RadixSwitch } from 'radix-ui';
import { type ComponentProps, type FocusEvent, type ReactNode, useId, useRef } from 'react';

export function Field({ label, hint, children }: { label: string; hint?: ReactNode; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="field">
      <span className="field-label">{label}</span>
      {children}
      {hint ? <span className="field-hint">{hint}</span> : null}
    </label>
  );
}

/** `data-first` has a dialog put the focus here. */
export const Input = ({ className = '', ...rest }: ComponentProps<'input'> & { 'data-first'?: boolean }) => (
  <input type="text" className={`input ${className}`} autoComplete="off" spellCheck={false} {...rest} />
);

/**
 * Chosen by mouse, it takes no focus outside a dialog: the keys that follow are meant for the
 * screen, and would choose again here.
 */
export function Select({ className = '', onChange, ...rest }: ComponentProps<'select'>) {
  const { byPointer, listeners } = useByPointer();
  return (
    <select
      className={`input select ${className}`}
      {...rest}
      {...listeners}
      onChange={(event) => {
        onChange?.(event);
        if (byPointer.current && !event.currentTarget.closest('dialog')) event.currentTarget.blur();
      }}
    />
  );
}

/** A choice among the rows of `table`, each with its `words`, in the table's order. */
export const SelectOf = <K extends string>({
  label,
  table,
  value,
  onChange,
}: {
  label: string;
  table: Readonly<Record<K, { words: string }>>;
  value: K;
  onChange: (value: K) => void;
}) => (
  <Select aria-label={label} value={value} onChange={(event) => onChange(event.target.value as K)}>
    {Object.entries<{ words: string }>(table).map(([name, { words }]) => (
      <option key={name} value={name}>
        {words}
      </option>
    ))}
  </Select>
);

export function Check({
  checked,
  onChange,
  children,
  disabled,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  disabled?: boolean;
}) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      {children}
    </label>
  );
}

export type Choice<T extends string> = { value: T; label: ReactNode; name?: string };

/** One of a few, side by side; none while `value` is undefined. */
/** True from a press of the mouse to the next key: who chose by mouse goes on by keys elsewhere. */
function useByPointer() {
  const byPointer = useRef(false);
  return {
    byPointer,
    listeners: {
      onPointerDown: () => {
        byPointer.current = true;
      },
      onKeyDown: () => {
        byPointer.current = false;
      },
    },
  };
}

export function Segments<T extends string>({
  label,
  value,
  choices,
  onChange,
  leavesFocus = false,
}: {
  label: string;
  value: T | undefined;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
  /** The mouse takes no focus here: arrow keys go on to do what they do on the screen. */
  leavesFocus?: boolean;
}) {
  const name = useId();
  const { byPointer, listeners } = useByPointer();
  const leave = (event: FocusEvent<HTMLInputElement>): void => {
    if (leavesFocus && byPointer.current) event.currentTarget.blur();
  };
  return (
    <div className="segments" role="radiogroup" aria-label={label} {...listeners}>
      {choices.map((choice) => (
        <label key={choice.value} className="segment" data-state={choice.value === value ? 'on' : 'off'}>
          <input
            type="radio"
            className="unseen"
            name={name}
            checked={choice.value === value}
            aria-label={choice.name}
            onFocus={leave}
            onChange={() => onChange(choice.value)}
          />
          {choice.label}
        </label>
      ))}
    </div>
  );
}

export function Switch({
  id,
  label,
  checked,
  onChange,
  disabled,
}: {
  /** Of the switch, for a label beside it. */
  id?: string;
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <RadixSwitch.Root
      id={id}
      className="switch"
      aria-label={label}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled ?? false}
    >
      <RadixSwitch.Thumb className="switch-thumb" />
    </RadixSwitch.Root>
  );
}

/** A switch with its words beside it. */
export function SwitchRow({
  label,
  hint,
  checked,
  onChange,
}: {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="switch-row">
      <div>
        <label htmlFor={id}>
          <strong>{label}</strong>
        </label>
        {hint ? <p className="field-hint">{hint}</p> : null}
      </div>
      <Switch id={id} label={label} checked={checked} onChange={onChange} />
    </div>
  );
}

/** A slider; `labels` names its ends for screen readers. `onCommit` comes when it is let go. */
export function Slider({
  labels,
  value,
  min,
  max,
  step,
  onChange,
  onCommit,
}: {
  labels: readonly string[];
  value: number[];
  min: number;
  max: number;
  step: number;
  onChange: (value: number[]) => void;
  onCommit?: (value: number[]) => void;
}) {
  return (
    <RadixSlider.Root
      className="slider"
      value={value}
      min={min}
      max={max}
      step={step}
      onValueChange={onChange}
      {...(onCommit ? { onValueCommit: onCommit } : {})}
    >
      <RadixSlider.Track className="slider-track">
        <RadixSlider.Range className="slider-range" />
      </RadixSlider.Track>
      {labels.map((label) => (
        <RadixSlider.Thumb key={label} className="slider-thumb" aria-label={label} />
      ))}
    </RadixSlider.Root>
  );
}
