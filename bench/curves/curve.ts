import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Surroundings } from '../framework/results.js';
import type { Spread } from '../framework/statistics.js';

/** What something costs where so many events are stored. */
export interface Point extends Spread {
  readonly events: number;
}

/** What one thing costs, over numbers of events. */
export interface Curve {
  readonly what: string;
  readonly unit: string;
  /** Where the events are that are counted. */
  readonly of: 'events in the log' | 'events in the stream';
  readonly points: readonly Point[];
}

/** Curves of one run, with when and on what they were measured. */
export type KeptCurves = { readonly measuredAt: string; readonly curves: readonly Curve[] } & Surroundings;

/** The curves that a file keeps; null where there is no such file. */
export function keptCurves(path: string): KeptCurves | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptCurves) : null;
}

/** Keeps curves in a file, in the place of those that were there. */
export function keepCurves(path: string, curves: readonly Curve[], about: Surroundings): void {
  const kept: KeptCurves = { measuredAt: new Date().toISOString(), ...about, curves };
  writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
}
