import { TOTP, URI } from 'otpauth';
import { DemoError } from './demo-error.js';
import type { Narrator, Time } from './narrator.js';

/** A phone with an authenticator app: all it knows is the key URI that it scanned. */
export interface Authenticator {
  /** The code that it shows now; if that was used before, the next one, which is waited for. */
  freshCode(): Promise<string>;
  /** A code as somebody mistypes it: one that is right at no moment near to now. */
  mistypedCode(): string;
}

/** Steps either side of now whose codes a mistyped one must not hit. */
const NEAR = 3;

function scan(keyUri: string): TOTP {
  const scanned = URI.parse(keyUri);
  if (!(scanned instanceof TOTP)) throw new DemoError('The key URI is not one of time-based codes.');
  return scanned;
}

/** Scans a key URI. */
export function createAuthenticator(
  keyUri: string,
  { now, countdown }: Pick<Time, 'now'> & Pick<Narrator, 'countdown'>,
): Authenticator {
  const totp = scan(keyUri);
  const period = totp.period * 1000;
  let lastUsedStep = Number.NEGATIVE_INFINITY;

  const codeAt = (step: number) => totp.generate({ timestamp: step * period });
  const currentStep = () => totp.counter({ timestamp: now() });

  return {
    async freshCode() {
      while (currentStep() <= lastUsedStep) {
        await countdown('This code was used; waiting for the next', (lastUsedStep + 1) * period);
      }
      lastUsedStep = currentStep();
      return codeAt(lastUsedStep);
    },
    mistypedCode() {
      const near = Array.from({ length: 2 * NEAR + 1 }, (_, index) => codeAt(currentStep() - NEAR + index));
      const shown = codeAt(currentStep());
      const slips = Array.from({ length: 10 }, (_, digit) => `${shown.slice(0, -1)}${digit}`);
      return slips.find((slip) => !near.includes(slip)) ?? shown;
    },
  };
}
