/** What must not compile: the compiler checks this file, nothing runs it. */
import { accept, reject, type Decider, type Decision } from '../../src/domain/decider.js';
import type { EventNamed } from '../../src/domain/catalogue.js';
import type { MfaCommand } from '../../src/domain/mfa/commands.js';
import { mfaDecider } from '../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../src/domain/mfa/events.js';
import type { MfaState } from '../../src/domain/mfa/state.js';
import type { PasswordEvent } from '../../src/domain/password/events.js';
import type { Rejection } from '../../src/domain/rejection.js';
import type { UserEvent } from '../../src/domain/user/events.js';
import { streamName, type StreamName } from '../../src/domain/stream.js';
import { code, event, wrongPassword } from '../support/builders.js';
import { given } from '../support/given.js';

const subject = { accountId: 'acme', userId: 'sam' };
const enabled = { type: 'MfaEnabled', data: { ...subject, deviceId: 'phone', timeStep: 0 }, personal: null } as const;

/** An event has every field of its type, each of its kind, and none beside. */
export const events: readonly MfaEvent[] = [
  enabled,
  // @ts-expect-error the time step is missing
  { type: 'MfaEnabled', data: { ...subject, deviceId: 'phone' }, personal: null },
  // @ts-expect-error a time step is a number
  { type: 'MfaEnabled', data: { ...enabled.data, timeStep: '0' }, personal: null },
  // @ts-expect-error there is no such field
  { type: 'MfaEnabled', data: { ...enabled.data, secret: 'never' }, personal: null },
  // @ts-expect-error there is no such event
  { type: 'MfaUpdated', data: enabled.data, personal: null },
  // @ts-expect-error an event of another stream
  { type: 'PasswordAccepted', data: { ...subject, browserId: null }, personal: null },
  // @ts-expect-error null is for fields that say so
  { type: 'MfaEnabled', data: { ...enabled.data, deviceId: null }, personal: null },
];

/** A word is one of those listed, a list holds such words only. */
export const words: Pick<EventNamed<'OperationChallenged'>['data'], 'operation' | 'methods'>[] = [
  { operation: 'START_MFA_ENROLLMENT', methods: ['PASSWORD'] },
  // @ts-expect-error no such operation
  { operation: 'LAUNCH_MISSILES', methods: ['PASSWORD'] },
  // @ts-expect-error no such method
  { operation: 'START_MFA_ENROLLMENT', methods: ['SMS'] },
];

const created = event('UserCreated');

/** Personal values stand where the type has some, all of them. */
export const personal: readonly UserEvent[] = [
  created,
  { ...created, personal: null },
  // @ts-expect-error the e-mail address is missing
  { ...created, personal: { username: 'sam', displayName: 'Sam' } },
];

/** Where a type has no personal values, there are none. */
export const impersonal: readonly PasswordEvent[] = [
  event('PasswordAccepted'),
  // @ts-expect-error this type has no personal values
  { ...event('PasswordAccepted'), personal: { username: 'sam' } },
];

/** A rejection tells what its code calls for, and nothing else. */
export const rejections: readonly Rejection[] = [
  { code: 'NOT_FOUND' },
  { code: 'WRONG_CODE', attemptsLeft: 4, clockOffsetSeconds: null },
  { code: 'MFA_LOCKED', retryAt: null },
  // @ts-expect-error no such code
  { code: 'COMPUTER_SAYS_NO' },
  // @ts-expect-error how many attempts are left is missing
  { code: 'WRONG_CODE' },
  // @ts-expect-error a wrong code tells no time
  { code: 'WRONG_CODE', attemptsLeft: 4, clockOffsetSeconds: null, retryAt: null },
  // @ts-expect-error a back-off always ends
  { code: 'PASSWORD_BACKING_OFF', retryAt: null },
  // @ts-expect-error there is nothing to tell
  { code: 'NOT_FOUND', attemptsLeft: 4 },
];

/** A decision is one or the other; a refusal has a reason. */
export const decisions: readonly Decision<MfaEvent>[] = [
  accept(enabled),
  reject({ code: 'NOT_FOUND' }, enabled),
  // @ts-expect-error a refusal without a reason
  { accepted: false, events: [] },
  // @ts-expect-error a reason without a refusal
  { accepted: true, rejection: { code: 'NOT_FOUND' }, events: [] },
];

/** A decider is synchronous, and changes neither state nor event. */
export const deciders: readonly Decider<MfaState, MfaCommand, MfaEvent>[] = [
  mfaDecider,
  // @ts-expect-error a decision cannot be waited for
  { ...mfaDecider, decide: async (command, state) => Promise.resolve(mfaDecider.decide(command, state)) },
  {
    ...mfaDecider,
    evolve: (state) => {
      // @ts-expect-error state is read-only
      state.version = 0;
      return state;
    },
  },
];

/** A stream's name begins with a category of ours. */
export const streams: readonly StreamName[] = [
  'mfa-sam',
  streamName('user', 'sam'),
  // @ts-expect-error no such category
  'cart-1',
];

/** Tests cannot mix up streams, nor leave out what a rejection tells. */
export function misuse(): void {
  given(mfaDecider, enabled).when(code(1)).thenRejected('METHOD_NOT_OFFERED');
  // @ts-expect-error an event of another stream
  given(mfaDecider, event('PasswordAccepted'));
  // @ts-expect-error a command of another stream
  given(mfaDecider).when(wrongPassword());
  // @ts-expect-error the attempts that are left belong to it
  given(mfaDecider).when(code(1)).thenRejected('WRONG_CODE');
  // @ts-expect-error no such field
  event('MfaEnabled', { secret: 'never' });
}
