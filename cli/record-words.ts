// The figures of a validation record as words, the same on the terminal and in a model's card.
import type { Rate, Stratum } from '../contract/validation.ts';

/** Three digits behind the point. */
export const digits = (value: number): string => value.toFixed(3);

/** A value with its 95 % interval. */
export const withInterval = (value: number, [low, high]: readonly [number, number]): string =>
  `${digits(value)} (${digits(low)} to ${digits(high)})`;

/** A dash where a stratum lacks a class. */
export const rateText = (rate: Rate | null): string => (rate ? withInterval(rate.rate, rate.interval) : '-');

/** A dash where a stratum lacks a class. */
export const areaText = ({ auc, aucInterval }: Pick<Stratum, 'auc' | 'aucInterval'>): string =>
  auc !== null && aucInterval ? withInterval(auc, aucInterval) : '-';
