// Where the queue of a farm is and how it is entered; who works there now. The password is held
// while the form is shown and never stored.
import { useMutation } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import type { FarmQueue } from '../../../contract/farm.ts';
import { Button } from '../../parts/button.tsx';
import { Field, Input } from '../../parts/field.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { client } from '../../transport.ts';
import { FarmDashboard } from './farm-dashboard.tsx';

/** As typed. */
export type FarmForm = { address: string; username: string; password: string; caFile: string };

const KEPT = 'recce.farm';

export function rememberedFarm(): FarmForm {
  const {
    address = '',
    username = '',
    caFile = '',
  } = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<FarmForm>;
  return { address, username, caFile, password: '' };
}

export const rememberFarm = ({ address, username, caFile }: FarmForm): void =>
  localStorage.setItem(KEPT, JSON.stringify({ address, username, caFile }));

const IN_THE_CLEAR = /^redis:/;
const HERE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The queue with its credentials in the address, from where the engine takes them out; undefined
 * while the address is none.
 */
export function queueFrom({ address, username, password, caFile }: FarmForm): FarmQueue | undefined {
  if (!/^rediss?:\/\//.test(address.trim()) || !URL.canParse(address.trim())) return undefined;
  const url = new URL(address.trim());
  if (username) url.username = encodeURIComponent(username);
  if (password) url.password = encodeURIComponent(password);
  return { address: url.href, ...(caFile.trim() ? { caFile: caFile.trim() } : {}) };
}

export function FarmFields({ form, onChange }: { form: FarmForm; onChange: (form: FarmForm) => void }) {
  const change = (more: Partial<FarmForm>): void => onChange({ ...form, ...more });
  const queue = queueFrom(form);
  const looking = useMutation({ mutationFn: (at: FarmQueue) => client.farm.status(at) });
  const isInTheClear =
    queue !== undefined && IN_THE_CLEAR.test(queue.address) && !HERE.test(new URL(queue.address).hostname);
  return (
    <section className="farm-fields" aria-label="Queue of the farm">
      <p className="secondary">
        Files stay where they are: every worker must be able to read their folder, under any name, and checks each
        file’s hash before examining it. Results and pictures come back into this case.
      </p>
      <div className="scan-options">
        <Field label="Address of the queue">
          <Input
            value={form.address}
            placeholder="rediss://queue.lab:6379"
            inputMode="url"
            onChange={(event) => change({ address: event.target.value })}
          />
        </Field>
        <Field label="User name">
          <Input value={form.username} onChange={(event) => change({ username: event.target.value })} />
        </Field>
        <Field label="Password, never stored">
          <Input type="password" value={form.password} onChange={(event) => change({ password: event.target.value })} />
        </Field>
      </div>
      <PathField
        label="Certificate authority of the queue"
        hint="PEM, for rediss://. Left empty: the system’s certificate authorities."
        title="Choose the CA certificate"
        wanted={{ kind: 'file' }}
        value={form.caFile}
        optional
        onChange={(caFile) => change({ caFile })}
      />
      {isInTheClear ? (
        <Message tone="caution" title="redis:// is not encrypted.">
          The password, file names and pictures of faces can be read on the network. Use rediss://.
        </Message>
      ) : null}
      <div>
        <Button icon={Users} disabled={!queue || looking.isPending} onClick={() => queue && looking.mutate(queue)}>
          {looking.isPending ? 'Looking…' : 'Show the workers'}
        </Button>
      </div>
      <Failure error={looking.error} />
      {looking.data ? <FarmDashboard status={looking.data} /> : null}
    </section>
  );
}
