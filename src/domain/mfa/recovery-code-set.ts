import type { Recorded } from '../event.js';
import type { MfaEvent } from './events.js';

/** A set of recovery codes that can be used. */
export interface RecoveryCodeSet {
  readonly codeSetId: string;
  /** How many there were. */
  readonly count: number;
  /** The places in the set of those that are used up, counted from 0. */
  readonly used: readonly number[];
}

/** The recovery codes of a user. */
export interface RecoveryCodes {
  /** Null where none were generated since MFA was enabled. */
  readonly live: RecoveryCodeSet | null;
  /** Sets that are void, and were not noted to be destroyed. */
  readonly voidSets: readonly string[];
}

export const noRecoveryCodes: RecoveryCodes = { live: null, voidSets: [] };

function voided({ live, voidSets }: RecoveryCodes): readonly string[] {
  return live === null ? voidSets : [...voidSets, live.codeSetId];
}

function without({ live, voidSets }: RecoveryCodes, codeSetId: string): RecoveryCodes {
  return {
    live: live?.codeSetId === codeSetId ? null : live,
    voidSets: voidSets.filter((other) => other !== codeSetId),
  };
}

function withUsed({ live, voidSets }: RecoveryCodes, codeSetId: string, place: number): RecoveryCodes {
  if (live?.codeSetId !== codeSetId || live.used.includes(place)) return { live, voidSets };
  return { live: { ...live, used: [...live.used, place] }, voidSets };
}

/** Takes in what happened to recovery codes: another set, and a device that is disabled, void those before (rules 8 and 10). */
export function evolveRecoveryCodes(codes: RecoveryCodes, event: Recorded<MfaEvent>): RecoveryCodes {
  switch (event.type) {
    case 'RecoveryCodesGenerated': {
      const { codeSetId, count } = event.data;
      return { live: { codeSetId, count, used: [] }, voidSets: voided(codes) };
    }
    case 'RecoveryCodeUsed':
      return withUsed(codes, event.data.codeSetId, event.data.place);
    case 'MfaDisabled':
      return { live: null, voidSets: voided(codes) };
    case 'RecoveryCodesDestroyed':
      return without(codes, event.data.codeSetId);
    default:
      return codes;
  }
}

/** How many codes of a set are left; null where there is no set. */
export function codesLeftOf(set: RecoveryCodeSet | null): number | null {
  return set && Math.max(0, set.count - set.used.length);
}
