// Signing the PDF: the examiner's key file, its password, and, when asked for, a time stamp
// authority. The password is held while this screen is shown and forgotten with every report that
// is written.
import type { Signing } from '../../../contract/report.ts';
import { Field, Input, SwitchRow } from '../../parts/field.tsx';
import { PathField } from '../../parts/path-field.tsx';

/** As typed. `on` false writes the PDF unsigned. */
export type SigningForm = {
  on: boolean;
  pkcs12Path: string;
  password: string;
  reason: string;
  location: string;
  timeStampUrl: string;
};

const REASON = 'Report of an examination';
/**
 * Where the key lies and what is said with it are kept from report to report; the password and the
 * authority never.
 */
const KEPT = 'recce.signing';

export function rememberedSigning(): SigningForm {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<SigningForm>;
  const { pkcs12Path = '', reason = REASON, location = '' } = kept;
  return { on: false, pkcs12Path, password: '', reason, location, timeStampUrl: '' };
}

export const rememberSigning = ({ pkcs12Path, reason, location }: SigningForm): void =>
  localStorage.setItem(KEPT, JSON.stringify({ pkcs12Path, reason, location }));

/** What the engine is asked; undefined unsigned. */
export const signingFrom = ({ on, timeStampUrl, ...words }: SigningForm): Signing | undefined =>
  on ? { ...words, ...(timeStampUrl.trim() ? { timeStampUrl: timeStampUrl.trim() } : {}) } : undefined;

const ADDRESS = /^https?:\/\/[^\s/]+/;

/** What is still missing before the PDF can be signed; null when nothing is. */
export function signingMissing({ on, pkcs12Path, timeStampUrl }: SigningForm): string | null {
  if (!on) return null;
  if (!pkcs12Path.trim()) return 'Choose the key file to sign with.';
  const url = timeStampUrl.trim();
  return url && !ADDRESS.test(url) ? 'The authority’s address begins with http:// or https://.' : null;
}

export function SigningFields({ form, onChange }: { form: SigningForm; onChange: (form: SigningForm) => void }) {
  const change = (more: Partial<SigningForm>): void => onChange({ ...form, ...more });
  return (
    <section className="report-signing" aria-label="Signature">
      <SwitchRow
        label="Sign the PDF"
        hint="With your certificate, so that a changed byte is seen."
        checked={form.on}
        onChange={(on) => change({ on, password: '' })}
      />
      {form.on ? (
        <>
          <PathField
            label="Key file"
            hint="PKCS#12 (.p12 or .pfx), with the private key and its certificate."
            title="Choose the key file"
            wanted={{ kind: 'file' }}
            value={form.pkcs12Path}
            onChange={(pkcs12Path) => change({ pkcs12Path })}
          />
          <Field label="Password of the key file" hint="Never stored. Asked for again for the next report.">
            <Input
              type="password"
              value={form.password}
              maxLength={1000}
              onChange={(event) => change({ password: event.target.value })}
            />
          </Field>
          <Field label="Reason">
            <Input value={form.reason} maxLength={300} onChange={(event) => change({ reason: event.target.value })} />
          </Field>
          <Field label="Place">
            <Input
              value={form.location}
              maxLength={300}
              onChange={(event) => change({ location: event.target.value })}
            />
          </Field>
          <Field
            label="Time stamp authority"
            hint="Its address, for an RFC 3161 stamp. Left empty, nothing leaves this computer; otherwise a hash of the signature does."
          >
            <Input
              value={form.timeStampUrl}
              placeholder="None"
              inputMode="url"
              onChange={(event) => change({ timeStampUrl: event.target.value })}
            />
          </Field>
        </>
      ) : null}
    </section>
  );
}
