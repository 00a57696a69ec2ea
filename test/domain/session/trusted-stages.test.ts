import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../../src/domain/instant.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import { standingOf, type Standing } from '../../../src/domain/session/standing.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import type { UserEvent } from '../../../src/domain/user/events.js';
import { event, later } from '../../support/builders.js';
import { sentIn, stateAfter, type Past } from '../../support/given.js';
import { trustingFor } from '../../support/recovery-builders.js';

const required = event('SubUserMfaRequired');
const immediately = event('SubUserMfaRequired', { effective: 'IMMEDIATELY' });
const accepted = event('MfaCodeAccepted');
const replaced = event('MfaDeviceReplaced');
const takenOff = sentIn('of-the-administrator', event('MfaDisabled', { by: 'ADMINISTRATOR' }));
const withDevice = [event('MfaEnrollmentStarted'), event('MfaEnabled'), accepted];

describe('Where the browser was trusted, a session that began without a code', () => {
  const trusted = event('DeviceTrusted');
  const revoked = event('TrustedDevicesRevoked');
  /** Sam's browser was trusted at version 4, and Sam signed in with it then. */
  const before = [...withDevice, trusted];

  interface Trusted {
    readonly where: string;
    readonly mfa?: readonly Past<MfaEvent>[];
    readonly user?: readonly Past<UserEvent>[];
    readonly decidedOn?: number;
    readonly days?: number;
    /** Milliseconds after its start at which the policy allowed none for a while. */
    readonly offAt?: number;
    readonly raised?: boolean;
    readonly minutes?: number;
    readonly is: Standing;
  }

  function standingInBrowser({
    mfa = [],
    user = [],
    decidedOn = 4,
    days = 7,
    offAt,
    raised = false,
    minutes = 0,
  }: Trusted) {
    const factors = ['PASSWORD', 'TRUSTED_DEVICE'] as const;
    const begun = event('SessionStarted', { factors, mfaVersion: decidedOn });
    const session = raised ? [begun, event('SessionRaised', { mfaVersion: 6 })] : [begun];
    const facts = {
      sessionId: 'session',
      session: stateAfter(sessionDecider, ...session),
      user: stateAfter(userDecider, event('UserCreated'), ...user),
      mfa: stateAfter(mfaDecider, ...before, ...mfa),
      policy:
        offAt === undefined
          ? trustingFor(days)
          : { ...trustingFor(days), loweredTrust: [{ days: 0, at: later(offAt) }] },
    };
    return standingOf(facts, later(minutes * MINUTE));
  }

  const rows: readonly Trusted[] = [
    { where: 'that began in it', is: 'FULL' },
    { where: 'whose policy allows that no more', days: 0, is: 'MFA_CHALLENGE' },
    { where: 'whose policy allows that no more, for long', days: 0, minutes: 5, is: 'ENDED' },
    { where: 'whose policy allowed none for a while', offAt: MINUTE, minutes: 2, is: 'MFA_CHALLENGE' },
    { where: 'whose policy allowed none for a while, long ago', offAt: MINUTE, minutes: 5, is: 'ENDED' },
    { where: 'that began after the policy allowed none for a while', offAt: -MINUTE, is: 'FULL' },
    { where: 'whose trust was revoked', mfa: [revoked], is: 'MFA_CHALLENGE' },
    { where: 'whose trust was revoked, begun minutes ago', mfa: [revoked], minutes: 5, is: 'ENDED' },
    { where: 'whose trust was revoked, and which gave a code', mfa: [revoked, accepted], raised: true, is: 'FULL' },
    { where: 'decided on after the revocation', mfa: [revoked, trusted], decidedOn: 6, is: 'FULL' },
    { where: 'decided on before the revocation of one that came after', mfa: [revoked, trusted], is: 'MFA_CHALLENGE' },
    { where: 'of whose user MFA was required', mfa: [required], is: 'MFA_CHALLENGE' },
    { where: 'of whose user MFA was required immediately', mfa: [immediately], is: 'MFA_CHALLENGE' },
    { where: 'whose device was replaced', mfa: [replaced], is: 'ENDED' },
    { where: 'whose device was taken off', mfa: [takenOff], is: 'ENDED' },
    { where: 'whose password was changed', user: [event('PasswordChanged')], is: 'ENDED' },
    { where: 'whose user generated recovery codes', mfa: [event('RecoveryCodesGenerated')], is: 'FULL' },
  ];

  it.each(rows.map((row) => [row.where, row.is, row] as const))('%s it is %s', (_, is, row) => {
    expect(standingInBrowser(row)).toBe(is);
  });
});
