import type { Spread } from './statistics.js';

/** A number with as many digits as say something; a dash where there is none. */
export function short(value: number): string {
  // JSON has null for what is not a number.
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

/** The median, with minimum and maximum in brackets where they differ. */
export function spreadText({ median, minimum, maximum }: Spread): string {
  if (!Number.isFinite(median)) return short(median);
  return minimum === maximum ? short(median) : `${short(median)} (${short(minimum)}–${short(maximum)})`;
}
