import { TOTP, URI } from 'otpauth';
import { millisecondsOf } from '../../src/domain/instant.js';
import type { Clock } from './service.js';

/** Seconds for which a code is shown. */
const PERIOD = 30;

/** An authenticator on a phone, set up by scanning a key URI. */
export interface Authenticator {
  readonly uri: string;
  readonly totp: TOTP;
  /** The code that it shows now; or that it will show in, or showed before, so many steps. */
  code(steps?: number): string;
  /** Waits for the next code, so that it was not used before. */
  nextCode(): string;
  /** A code that is none of those near now. */
  wrongCode(): string;
}

/** Scans a key URI; whoever holds the phone looks at the service's clock. */
export function scan(uri: string, clock: Clock): Authenticator {
  const totp = URI.parse(uri);
  if (!(totp instanceof TOTP)) throw new Error(`no key URI of a time-based code: ${uri}`);
  const code = (steps = 0) => totp.generate({ timestamp: millisecondsOf(clock.now()) + steps * PERIOD * 1_000 });
  return {
    uri,
    totp,
    code,
    nextCode() {
      clock.advance(PERIOD * 1_000);
      return code();
    },
    wrongCode() {
      const near = new Set(Array.from({ length: 25 }, (_, index) => code(index - 12)));
      const candidates = Array.from({ length: 26 }, (_, index) => String(100_000 + index * 33_333));
      return candidates.find((candidate) => !near.has(candidate)) ?? '000000';
    },
  };
}
