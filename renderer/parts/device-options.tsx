// The devices of this machine as the choices of a select, each with what is known of it.
import { useQuery } from '@tanstack/react-query';
import { engine } from '../data/engine.ts';
import { DEVICE_WORDS } from '../wording.ts';

export function DeviceOptions() {
  const devices = useQuery(engine.model.devices.queryOptions({ staleTime: Infinity })).data ?? [];
  return (
    <>
      <option value="auto">{DEVICE_WORDS.auto}</option>
      {devices.map(({ device, usable }) => (
        <option key={device} value={device} disabled={!usable}>
          {DEVICE_WORDS[device]}
          {usable ? '' : ' (not available; see Settings)'}
        </option>
      ))}
    </>
  );
}
