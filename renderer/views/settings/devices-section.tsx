// Devices of this machine: which provider networks run on and why, and what each one's self-test
// found against the CPU.
import { useMutation, useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleDashed, CircleSlash2, CircleX, type LucideIcon } from 'lucide-react';
import type { DeviceReport, ProviderReport } from '../../../contract/device.ts';
import { engine } from '../../data/engine.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { countText, DEVICE_WORDS, instantText } from '../../wording.ts';
import { SettingsRow } from './settings-row.tsx';

type State = ProviderReport['state'];

const STATES: Readonly<Record<State, { icon: LucideIcon; words: string; tone: string }>> = {
  usable: { icon: CircleCheck, words: 'Gives the CPU’s answer', tone: 'mark-genuine' },
  wrong: { icon: CircleX, words: 'Gives another answer: not used', tone: 'mark-forged' },
  failed: { icon: CircleX, words: 'Could not be run', tone: 'mark-forged' },
  untested: { icon: CircleDashed, words: 'Not tested', tone: 'muted' },
  absent: { icon: CircleSlash2, words: 'Not on this computer', tone: 'muted' },
};

const ORDER: readonly State[] = ['usable', 'wrong', 'failed', 'untested', 'absent'];

/** What can be used first, what is not there last. */
const byState = (providers: readonly ProviderReport[]): ProviderReport[] =>
  [...providers].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));

/** `86 pictures a second (4 threads, 8 at a time)`: the fastest of what was measured. */
function speedText({ speeds }: ProviderReport): string {
  if (speeds.length === 0) return '–';
  const { picturesPerSecond, threads, batch } = speeds.reduce((a, b) =>
    b.picturesPerSecond > a.picturesPerSecond ? b : a,
  );
  return `${picturesPerSecond.toPrecision(3)} pictures a second (${countText(threads, 'thread', 'threads')}, ${batch} at a time)`;
}

const differenceText = ({ differences }: ProviderReport): string =>
  differences?.logit === undefined ? '–' : differences.logit.toPrecision(2);

function ProviderRow({ report, chosen }: { report: ProviderReport; chosen: boolean }) {
  const { provider, state, detail, mixed } = report;
  const { icon: Icon, words, tone } = STATES[state];
  return (
    <tr>
      <th scope="row">
        {DEVICE_WORDS[provider]} {chosen ? <span className="badge tone-accent">used</span> : null}
      </th>
      <td>
        <span className="device-state">
          <Icon size={14} className={tone} aria-hidden />
          {words}
        </span>
        <p className="muted">
          {detail}
          {mixed ? ' Some operators run on the CPU.' : ''}
        </p>
      </td>
      <td>{differenceText(report)}</td>
      <td>{speedText(report)}</td>
    </tr>
  );
}

function Report({ report }: { report: DeviceReport }) {
  const { chosen, reason, adapters, processor, cores, measuredAt, modelName } = report;
  return (
    <>
      <p className="device-chosen">
        <strong>Networks run on {DEVICE_WORDS[chosen.provider]}</strong> ({chosen.device}). {reason}
      </p>
      <table className="figures device-table">
        <thead>
          <tr>
            <th scope="col">Provider</th>
            <th scope="col">Self-test</th>
            <th scope="col">Logit differs by</th>
            <th scope="col">Speed</th>
          </tr>
        </thead>
        <tbody>
          {byState(report.providers).map((one) => (
            <ProviderRow key={one.provider} report={one} chosen={one.provider === chosen.provider} />
          ))}
        </tbody>
      </table>
      <p className="muted device-note">
        {processor}, {cores} cores.{' '}
        {adapters.length > 0 ? `${adapters.join('; ')}. ` : 'No graphics adapter was named. '}
        {measuredAt
          ? `Measured ${instantText(measuredAt)} with ${modelName}.`
          : 'Nothing was measured: the choice is fixed.'}
      </p>
    </>
  );
}

export function DevicesSection() {
  const listed = useQuery(engine.model.devices.queryOptions()).data ?? [];
  const testing = useMutation({ mutationFn: (measure: boolean) => client.app.devices({ measure }) });
  const names = listed.filter(({ usable }) => usable).map(({ device }) => DEVICE_WORDS[device]);
  return (
    <section className="card settings-card" aria-label="Devices">
      <SettingsRow
        title="Devices"
        hint={`${names.length > 0 ? `There are: ${names.join(', ')}. ` : ''}Each is tested against the CPU before it may give a score.`}
      >
        <Button disabled={testing.isPending} onClick={() => testing.mutate(testing.data !== undefined)}>
          {testing.isPending ? 'Testing…' : testing.data ? 'Test again' : 'Test the devices'}
        </Button>
      </SettingsRow>
      <Failure error={testing.error} />
      {testing.data ? <Report report={testing.data} /> : null}
    </section>
  );
}
