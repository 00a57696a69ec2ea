import { renameSync, writeFileSync } from 'node:fs';
import { instantOf } from '../../../src/domain/instant.js';
import type { Clock } from '../service.js';

/** The machine's clock, moved for every process that is told of this file as `TEST_CLOCK_FILE`. */
export function createClockFile(path: string): Clock {
  let offset = 0;
  const write = (): void => {
    // A process that reads in this moment finds one offset or the other.
    writeFileSync(`${path}.new`, String(offset));
    renameSync(`${path}.new`, path);
  };
  write();
  return {
    now: () => instantOf(Date.now() + offset),
    advance(milliseconds) {
      offset += milliseconds;
      write();
    },
  };
}
