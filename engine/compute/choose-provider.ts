// Which provider is taken: the fastest that is right. Pure.
import type { DeviceReport, Placement, Provider, ProviderReport } from '../../contract/device.ts';
import { PROVIDER_NAMES } from './providers.ts';
import { bestSpeed } from './self-test.ts';

type Measured = Pick<DeviceReport, 'processor' | 'adapters' | 'providers'>;

/**
 * How much faster than the CPU another provider has to be. Below that its gain is within what a
 * busy machine changes, and the CPU's results are the ones that every machine can make again.
 */
export const WORTH_LEAVING_THE_CPU = 1.1;

const deviceOf = (provider: Provider, { processor, adapters }: Measured): string => {
  if (provider === 'cpu') return processor;
  return adapters.join('; ') || 'graphics adapter that the system does not name';
};

/** How a model runs on a provider; undefined where the provider is not usable. */
export function placementOn(report: Measured, provider: Provider): Placement | undefined {
  const found = report.providers.find((one) => one.provider === provider);
  if (found?.state !== 'usable' || found.speeds.length === 0) return undefined;
  const { threads, batch } = bestSpeed(found.speeds);
  const logitDifference = provider === 'cpu' ? null : (found.differences?.logit ?? null);
  return { provider, mixed: found.mixed, threads, batch, device: deviceOf(provider, report), logitDifference };
}

const rate = ({ speeds }: ProviderReport): number => Math.max(0, ...speeds.map((one) => one.picturesPerSecond));

/** What `auto` takes. The CPU is always among the providers and always right. */
export function chooseProvider(report: Measured): { chosen: Placement; reason: string } {
  const usable = report.providers.filter((one) => one.state === 'usable' && one.speeds.length > 0);
  const cpu = usable.find((one) => one.provider === 'cpu')!;
  const fastest = usable.reduce((best, one) => (rate(one) > rate(best) ? one : best));
  const taken = rate(fastest) >= WORTH_LEAVING_THE_CPU * rate(cpu) ? fastest : cpu;
  return { chosen: placementOn(report, taken.provider)!, reason: reasonFor(taken, usable) };
}

function reasonFor(taken: ProviderReport, usable: readonly ProviderReport[]): string {
  const others = usable.filter((one) => one !== taken);
  const name = PROVIDER_NAMES[taken.provider];
  if (others.length === 0) return `${name}: no other provider gives the right answer here.`;
  const compared = others.map(
    (one) => `${(rate(taken) / rate(one)).toPrecision(2)} times as fast as ${PROVIDER_NAMES[one.provider]}`,
  );
  return `${name}: right, and ${compared.join(', ')}.`;
}
