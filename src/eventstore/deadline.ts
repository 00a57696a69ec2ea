import { EventStoreError } from './event-store.js';

/**
 * Waits for a call to the log so long and no longer; what it answers later is of no use to anybody. A call that gets on tells so by
 * `goesOn`, and has as long again from then: it is the log's silence that is not waited for.
 * @throws {EventStoreError} `UNAVAILABLE` where the time is over
 */
export function within<T>(milliseconds: number, call: (goesOn: () => void) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new EventStoreError('UNAVAILABLE', `the event log has not answered within ${milliseconds / 1_000} seconds`),
      );
    }, milliseconds);
    call(() => timer.refresh())
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
