// What this machine runs networks on: which providers are there, which of them are right and how
// fast, and what is chosen.
import type { Placement, Provider } from '../../contract/device.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Device } from '../../contract/scan.ts';
import { placementOn } from './choose-provider.ts';
import { createDeviceReports, type DevicesOptions, type MeasuredModel } from './device-reports.ts';
import { PROVIDER_NAMES } from './providers.ts';

export type { DevicesOptions, MeasuredModel, NetworkSide } from './device-reports.ts';

export type Devices = ReturnType<typeof createDevices>;

/** Measures nothing by itself. */
export function createDevices(options: DevicesOptions) {
  const { presence, report, tested, unmeasured, known, correct } = createDeviceReports(options);
  const isFixed = options.fixed !== undefined;
  return {
    presence,
    report,
    unmeasured,
    known,

    /**
     * Where a model runs. Throws DEVICE_UNAVAILABLE with the reason when the device asked for is
     * not there or not right.
     */
    async place(model: MeasuredModel, device: Device): Promise<Placement> {
      if (device === 'auto') return (await report(model)).chosen;
      if (device === 'cpu' && isFixed) return (await report(model)).chosen;
      const found = await tested(model, device);
      const placement = placementOn(found, device);
      if (placement) return placement;
      const why = found.providers.find((one) => one.provider === device)?.detail ?? 'it is not known here.';
      throw new RecceError('DEVICE_UNAVAILABLE', PROVIDER_NAMES[device], why);
    },

    /** Throws DEVICE_UNAVAILABLE when a device is not there at all. Tests nothing. */
    async expectPresent(device: Device): Promise<void> {
      if (device === 'auto' || device === 'cpu') return;
      const found = (await presence()).find((one) => one.provider === device);
      if (found?.state === 'absent') throw new RecceError('DEVICE_UNAVAILABLE', PROVIDER_NAMES[device], found.detail);
    },

    /** A provider failed at work: it is not chosen again until it is measured anew. */
    async blame(model: MeasuredModel, provider: Provider, detail: string): Promise<void> {
      const failed = (await report(model)).providers.find((one) => one.provider === provider);
      if (failed && provider !== 'cpu') await correct(model, { ...failed, state: 'failed', detail });
    },
  };
}
