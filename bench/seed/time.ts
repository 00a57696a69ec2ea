import { instantOf, type Instant } from '../../src/domain/instant.js';

/** When seeded sessions began: at the beginning of a time step of RFC 6238. */
export const SEEDED_AT = Date.UTC(2026, 5, 1);

/** A clock that stands where it was put. */
export interface SeedClock {
  readonly now: () => Instant;
  readonly advance: (milliseconds: number) => void;
  readonly put: (milliseconds: number) => void;
}

/** A clock that stands still. */
export function seedClock(): SeedClock {
  let at = SEEDED_AT;
  return {
    now: () => instantOf(at),
    advance(milliseconds) {
      at += milliseconds;
    },
    put(milliseconds) {
      at = milliseconds;
    },
  };
}

/** How far a service's clock must be off to start at the beginning of the time step after the seed. */
export function offsetToSeed(): number {
  return SEEDED_AT + 31_000 - Date.now();
}
