import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, type Config } from '../config.js';
import { instantOf, type Instant } from '../domain/instant.js';

/** Failed sign-ins are answered at a multiple of this many milliseconds, so that their time tells nothing. */
const EVEN_SLOT = 50;

function offsetIn(path: string): number {
  try {
    const offset = Number(readFileSync(path, 'utf8'));
    if (Number.isFinite(offset)) return offset;
  } catch {
    // Missing or not a number, the remedy is the same.
  }
  throw new ConfigError(
    `TEST_CLOCK_FILE names ${path}, which holds no number of milliseconds. Write one, or unset it.`,
  );
}

/** The clock of the machine. */
export function systemTime(): Instant {
  return instantOf(Date.now());
}

/** The clock of the machine, moved by what the file for tests says, if there is one. */
export function clockOf({ testClockFile: path }: Config): () => Instant {
  if (path === null) return systemTime;
  offsetIn(path);
  return () => instantOf(Date.now() + offsetIn(path));
}

/** Milliseconds that never go back, whatever happens to the clock. */
export function monotonic(): number {
  return performance.now();
}

/** Starts a clock for one answer; what it returns waits for the next even moment. */
export function pace(): () => Promise<void> {
  const start = monotonic();
  return async () => {
    const elapsed = monotonic() - start;
    await sleep(Math.ceil(elapsed / EVEN_SLOT) * EVEN_SLOT - elapsed);
  };
}
