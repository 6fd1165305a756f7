// A number that is typed: kept as text while it is written, handed on when it is one.
import { type ComponentProps, useEffect, useState } from 'react';
import { Field, Input } from '../../parts/field.tsx';

type Limits = Pick<ComponentProps<'input'>, 'min' | 'max' | 'step'>;

/** Whole numbers, unless `step` says otherwise. */
export function NumberField({
  label,
  hint,
  value,
  onChange,
  ...limits
}: { label: string; hint?: string; value: number; onChange: (value: number) => void } & Limits) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText((now) => (now !== '' && Number(now) === value ? now : String(value))), [value]);
  return (
    <Field label={label} hint={hint}>
      <Input
        type="number"
        required
        {...limits}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value !== '') onChange(Number(event.target.value));
        }}
      />
    </Field>
  );
}

/** A number that may be left out. */
export function OptionalNumberField({
  label,
  hint,
  value,
  onChange,
  ...limits
}: { label: string; hint?: string; value: number | null; onChange: (value: number | null) => void } & Limits) {
  return (
    <Field label={label} hint={hint}>
      <Input
        type="number"
        {...limits}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? null : Number(event.target.value))}
      />
    </Field>
  );
}
