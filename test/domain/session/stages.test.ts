import { describe, expect, it } from '@jest/globals';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { DEFAULT_POLICY } from '../../../src/domain/account/policy.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import type { SessionEvent } from '../../../src/domain/session/events.js';
import { standingOf, type Standing } from '../../../src/domain/session/standing.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import type { UserEvent } from '../../../src/domain/user/events.js';
import { event, later, TABLET } from '../../support/builders.js';
import { NOW, sentIn, stateAfter, type Past } from '../../support/given.js';

const ACTING = 'acting';
const OTHER = 'other';

interface Row {
  readonly where: string;
  /** What happened to Sam's MFA, and to Sam. */
  readonly mfa?: readonly Past<MfaEvent>[];
  readonly user?: readonly Past<UserEvent>[];
  /** The versions that the session was decided on: when it began, and when its second factor was proven. */
  readonly startedOn?: number;
  readonly raisedOn?: number;
  readonly userVersion?: number;
  readonly session?: typeof ACTING | typeof OTHER;
  readonly is: Standing;
}

function sessionOf({ startedOn = 0, raisedOn, userVersion = 1 }: Row): readonly SessionEvent[] {
  const started = event('SessionStarted', { mfaVersion: startedOn, userVersion });
  return raisedOn === undefined ? [started] : [started, event('SessionRaised', { mfaVersion: raisedOn, userVersion })];
}

function standing(row: Row, now = NOW) {
  const facts = {
    sessionId: row.session ?? OTHER,
    session: stateAfter(sessionDecider, ...sessionOf(row)),
    user: stateAfter(userDecider, event('UserCreated'), ...(row.user ?? [])),
    mfa: stateAfter(mfaDecider, ...(row.mfa ?? [])),
    policy: DEFAULT_POLICY,
  };
  return standingOf(facts, now);
}

const required = event('SubUserMfaRequired');
const immediately = event('SubUserMfaRequired', { effective: 'IMMEDIATELY' });
const waived = event('SubUserMfaWaived');
const started = event('MfaEnrollmentStarted');
const enabled = event('MfaEnabled');
const accepted = event('MfaCodeAccepted');
const replaced = event('MfaDeviceReplaced');
const disabled = sentIn(ACTING, event('MfaDisabled'));
const takenOff = sentIn('of-the-administrator', event('MfaDisabled', { by: 'ADMINISTRATOR' }));
/** Sam's device is enabled at version 2, and its code accepted at sign-in at version 3. */
const withDevice = [started, enabled, accepted];
const signedIn = { startedOn: 2, raisedOn: 3 };

function everyRow(rows: readonly Row[]) {
  it.each(rows.map((row) => [row.where, row.is, row] as const))('%s it is %s', (_, is, row) => {
    expect(standing(row)).toBe(is);
  });
}

describe('Where MFA is required at the next sign-in, a session', () => {
  everyRow([
    { where: 'that was open before', mfa: [required], startedOn: 0, is: 'FULL' },
    { where: 'that began after it', mfa: [required], startedOn: 1, is: 'MFA_ENROLLMENT' },
    {
      where: 'that began after it, with a pending set-up',
      mfa: [required, started],
      startedOn: 1,
      is: 'MFA_ENROLLMENT',
    },
    {
      where: 'that began after it and enabled a device',
      mfa: [required, started, enabled],
      startedOn: 1,
      raisedOn: 3,
      is: 'FULL',
    },
    { where: 'of a user who has a device already', mfa: [...withDevice, required], ...signedIn, is: 'FULL' },
    {
      where: 'that began after it, with a device to ask for',
      mfa: [...withDevice, required],
      startedOn: 4,
      is: 'MFA_CHALLENGE',
    },
    { where: 'that began after it, once it was waived', mfa: [required, waived], startedOn: 1, is: 'FULL' },
    { where: 'open before it was required anew', mfa: [required, waived, required], startedOn: 2, is: 'FULL' },
    {
      where: 'begun after it was required anew',
      mfa: [required, waived, required],
      startedOn: 3,
      is: 'MFA_ENROLLMENT',
    },
    {
      where: 'whose password was set by somebody else',
      ...{ mfa: [required], startedOn: 1 },
      ...{ user: [event('PasswordReset')], userVersion: 2 },
      is: 'PASSWORD_CHANGE',
    },
  ]);
});

describe('Where MFA is required immediately, a session', () => {
  everyRow([
    { where: 'that was open before', mfa: [immediately], startedOn: 0, is: 'MFA_ENROLLMENT' },
    { where: 'that began after it', mfa: [immediately], startedOn: 1, is: 'MFA_ENROLLMENT' },
    {
      where: 'that began after it was required for the next sign-in only',
      mfa: [required, immediately],
      startedOn: 0,
      is: 'MFA_ENROLLMENT',
    },
    { where: 'of a user who has a device already', mfa: [...withDevice, immediately], ...signedIn, is: 'FULL' },
    {
      where: 'that enabled a device then',
      mfa: [immediately, started, enabled],
      startedOn: 0,
      raisedOn: 3,
      is: 'FULL',
    },
    { where: 'that was lowered, once it was waived', mfa: [immediately, waived], startedOn: 0, is: 'FULL' },
  ]);
});

describe('Where one takes off one’s own device, a session', () => {
  const free = [...withDevice, disabled];
  everyRow([
    { where: 'in which it was done', mfa: free, ...signedIn, session: ACTING, is: 'FULL' },
    { where: 'that is another', mfa: free, ...signedIn, is: 'ENDED' },
    { where: 'that is a challenge', mfa: free, startedOn: 3, is: 'ENDED' },
    { where: 'without a second factor, from before the device', mfa: free, startedOn: 0, is: 'ENDED' },
    { where: 'that began after it', mfa: free, startedOn: 4, is: 'FULL' },
    {
      where: 'in which it was done while MFA is required, though it knew nothing of that,',
      mfa: [...withDevice, required, disabled],
      ...{ ...signedIn, session: ACTING },
      is: 'MFA_ENROLLMENT',
    },
    {
      where: 'in which it was done while MFA is required, as it knew,',
      mfa: [required, started, enabled, accepted, disabled],
      ...{ startedOn: 3, raisedOn: 4, session: ACTING },
      is: 'MFA_ENROLLMENT',
    },
    {
      where: 'that is another, while MFA is required,',
      mfa: [...withDevice, required, disabled],
      ...signedIn,
      is: 'ENDED',
    },
    {
      where: 'in which it was done before MFA was required',
      mfa: [...withDevice, disabled, required],
      ...{ ...signedIn, session: ACTING },
      is: 'FULL',
    },
    {
      where: 'in which it was done, and a new device enabled,',
      mfa: [...withDevice, required, disabled, started, enabled],
      ...{ startedOn: 2, raisedOn: 7, session: ACTING },
      is: 'FULL',
    },
    {
      where: 'that begins once there is a new device',
      mfa: [...free, started, enabled],
      startedOn: 6,
      is: 'MFA_CHALLENGE',
    },
  ]);
});

describe('Where a session was over when its own command arrived', () => {
  const anew = [started, enabled];
  everyRow([
    {
      where: 'it does not come back by taking off the device that was enabled meanwhile:',
      mfa: [...withDevice, takenOff, ...anew, disabled],
      ...{ ...signedIn, session: ACTING },
      is: 'ENDED',
    },
    {
      where: 'it does not come back by a password that it changes after a reset:',
      user: [event('PasswordReset'), sentIn(ACTING, event('PasswordChanged'))],
      session: ACTING,
      is: 'ENDED',
    },
    {
      where: 'but one that has ended others twice goes on:',
      mfa: [...withDevice, disabled, ...anew, disabled],
      ...{ ...signedIn, session: ACTING },
      is: 'FULL',
    },
  ]);
});

describe('Where an administrator takes off the device, a session', () => {
  everyRow([
    { where: 'with a second factor', mfa: [...withDevice, takenOff], ...signedIn, is: 'ENDED' },
    { where: 'that is a challenge', mfa: [...withDevice, takenOff], startedOn: 3, is: 'ENDED' },
    { where: 'that has just given its code', mfa: [started, enabled, takenOff, accepted], startedOn: 2, is: 'ENDED' },
    { where: 'that rises by a code from before', mfa: [...withDevice, takenOff], ...signedIn, is: 'ENDED' },
    { where: 'that began after it', mfa: [...withDevice, takenOff], startedOn: 4, is: 'FULL' },
    {
      where: 'that began after it while MFA is required',
      mfa: [required, ...withDevice, takenOff],
      startedOn: 5,
      is: 'MFA_ENROLLMENT',
    },
  ]);
});

describe('Where the device is replaced, a session', () => {
  const tablet = [event('MfaEnrollmentStarted', { deviceId: TABLET }), replaced];
  everyRow([
    { where: 'with the old device as its second factor', mfa: [...withDevice, ...tablet], ...signedIn, is: 'ENDED' },
    {
      where: 'in which it was done, which rose by it,',
      mfa: [...withDevice, ...tablet],
      startedOn: 2,
      raisedOn: 5,
      is: 'FULL',
    },
    { where: 'that is a challenge', mfa: [...withDevice, ...tablet], startedOn: 3, is: 'ENDED' },
    { where: 'that began after it', mfa: [...withDevice, ...tablet], startedOn: 5, is: 'MFA_CHALLENGE' },
    {
      where: 'with a second factor, under a requirement,',
      mfa: [required, ...withDevice, ...tablet],
      startedOn: 3,
      raisedOn: 4,
      is: 'ENDED',
    },
  ]);
});

describe('Where the password is another, a session', () => {
  const changed = [sentIn(ACTING, event('PasswordChanged'))];
  const reset = [sentIn('of-the-administrator', event('PasswordReset'))];
  everyRow([
    { where: 'in which it was changed', user: changed, session: ACTING, is: 'FULL' },
    { where: 'that is another than that in which it was changed', user: changed, is: 'ENDED' },
    { where: 'that began after it was changed', user: changed, userVersion: 2, is: 'FULL' },
    { where: 'from before it was reset', user: reset, is: 'ENDED' },
    {
      where: 'with a second factor, from before it was reset,',
      user: reset,
      mfa: withDevice,
      ...signedIn,
      is: 'ENDED',
    },
    { where: 'that began after it was reset', user: reset, userVersion: 2, is: 'PASSWORD_CHANGE' },
    {
      where: 'that began after it was reset, with a device,',
      user: reset,
      userVersion: 2,
      mfa: withDevice,
      startedOn: 3,
      is: 'MFA_CHALLENGE',
    },
    {
      where: 'that began after it was reset, and gave its code,',
      ...{ user: reset, userVersion: 2, mfa: withDevice },
      ...signedIn,
      is: 'PASSWORD_CHANGE',
    },
    {
      where: 'in which it was changed after it was reset',
      ...{ user: [...reset, ...changed], userVersion: 2, session: ACTING },
      is: 'FULL',
    },
    {
      where: 'in which it was changed after it was reset, where MFA is required,',
      ...{ user: [...reset, ...changed], userVersion: 2, session: ACTING, mfa: [required], startedOn: 1 },
      is: 'MFA_ENROLLMENT',
    },
  ]);
});

describe('Where a user', () => {
  everyRow([
    { where: 'was renamed', user: [event('UserRenamed')], is: 'FULL' },
    { where: 'has another role', user: [event('RoleAssigned')], is: 'FULL' },
    { where: 'was deleted', user: [event('UserDeleted')], is: 'ENDED' },
    {
      where: 'was deleted just before a sign-in was recorded',
      user: [event('UserDeleted')],
      userVersion: 2,
      is: 'ENDED',
    },
  ]);
});

it('A session at the stage of enrolling or changing a password lives as long as any other', () => {
  const enrolling: Row = { where: '', mfa: [required], startedOn: 1, is: 'MFA_ENROLLMENT' };
  const changing: Row = { where: '', user: [event('PasswordReset')], userVersion: 2, is: 'PASSWORD_CHANGE' };
  for (const row of [enrolling, changing]) {
    expect(standing(row, later(30 * 60_000 - 1))).toBe(row.is);
    expect(standing(row, later(30 * 60_000))).toBe('ENDED');
  }
});

describe('A session that had to enable a device, when another session or an administrator did', () => {
  everyRow([
    { where: 'required before it began,', mfa: [required, started, enabled], startedOn: 1, is: 'MFA_CHALLENGE' },
    { where: 'required of open sessions,', mfa: [immediately, started, enabled], startedOn: 0, is: 'MFA_CHALLENGE' },
    { where: 'and proven in this one,', mfa: [required, started, enabled], startedOn: 1, raisedOn: 3, is: 'FULL' },
    { where: 'required after it began,', mfa: [required, started, enabled], startedOn: 0, is: 'MFA_CHALLENGE' },
    {
      where: 'and the requirement was waived,',
      mfa: [required, started, enabled, waived],
      startedOn: 1,
      is: 'MFA_CHALLENGE',
    },
  ]);
});
