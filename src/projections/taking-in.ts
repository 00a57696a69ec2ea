import type { SqliteConnection } from '../sqlite/connection.js';
import type { LoggedEvent } from '../eventstore/event-codec.js';
import { RefusedEventError, UnwritableBatchError, type Fold } from './fold.js';
import { mayPass } from './keep-trying.js';
import { asReadModelFileError } from './read-model-file.js';

/**
 * Has read models take in events and move on to a position. Answers what stopped those that were stopped: an event that one
 * cannot take in, after keeping everything that came before, or the file, which keeps nothing.
 */
export type TakeIn = (folds: readonly Fold[], events: readonly LoggedEvent[], to: bigint) => ReadonlyMap<Fold, Error>;

/**
 * Takes in by one transaction for all read models: each commit costs as much as some events do. Where that fails for one of
 * them, it is undone, and each goes by itself, as far as it gets; so nobody pays for savepoints but after a failure.
 */
export function openTakeIn(database: SqliteConnection): TakeIn {
  function attempt(folds: readonly Fold[], events: readonly LoggedEvent[], to: bigint): Error | null {
    try {
      database.transaction('immediate', () => {
        for (const fold of folds) fold.take(events, to);
      });
    } catch (error) {
      for (const fold of folds) fold.undone();
      const fault = asReadModelFileError(database.path, error);
      return fault instanceof Error ? fault : new Error(String(fault));
    }
    for (const fold of folds) fold.kept();
    return null;
  }

  function attemptAlone(fold: Fold, events: readonly LoggedEvent[], to: bigint): Error | null {
    const failure = attempt([fold], events, to);
    const isOfOne = failure instanceof RefusedEventError || failure instanceof UnwritableBatchError;
    return isOfOne && events.length > 1 ? attemptOneByOne(fold, events, to) : failure;
  }

  function attemptOneByOne(fold: Fold, events: readonly LoggedEvent[], to: bigint): Error | null {
    for (const event of events) {
      const failure = attempt([fold], [event], event.position);
      if (failure !== null) return failure;
    }
    return attempt([fold], [], to);
  }

  return (folds, events, to) => {
    const behind = folds.filter((fold) => fold.position() < to);
    if (behind.length === 0) return new Map();
    const failure = behind.length === 1 ? null : attempt(behind, events, to);
    if (mayPass(failure)) return new Map(behind.map((fold) => [fold, failure]));
    const stopped = behind
      .filter((fold) => fold.position() < to)
      .map((fold) => [fold, attemptAlone(fold, events, to)] as const);
    return new Map(stopped.flatMap(([fold, error]) => (error === null ? [] : [[fold, error] as const])));
  };
}
