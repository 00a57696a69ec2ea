import { describe, expect, it } from '@jest/globals';
import { accountDecider, type AccountCommand } from '../../../src/domain/account/decider.js';
import { after, DAY, HOUR } from '../../../src/domain/instant.js';
import { event } from '../../support/builders.js';
import { given, NOW, stateAfter } from '../../support/given.js';

const registered = event('PrimaryAccountRegistered');
const requested = event('AccountRecoveryRequested');
const { recoveryId, notBefore } = requested.data;

const request: AccountCommand = {
  ...{ type: 'RequestAccountRecovery', recoveryId, coolOff: 72 * HOUR, now: NOW },
  reason: requested.personal?.reason ?? '',
};
const cancel: AccountCommand = { type: 'CancelAccountRecovery', because: 'OWNER' };
const complete = (now: string, id = recoveryId): AccountCommand => ({
  ...{ type: 'CompleteAccountRecovery', recoveryId: id, now },
});

describe('The recovery of an account', () => {
  it('is begun by an operator, and can be completed after the time for calling it off', () => {
    given(accountDecider, registered)
      .when(request)
      .then(event('AccountRecoveryRequested', { notBefore: after(NOW, 72 * HOUR) }));
  });

  it('goes on as it is where it is begun again: the time is neither shortened nor prolonged', () => {
    given(accountDecider, registered, requested)
      .when({ ...request, coolOff: HOUR })
      .then();
  });

  it.each(['OWNER', 'SIGN_IN', 'OPERATOR'] as const)('is called off by %s', (because) => {
    given(accountDecider, registered, requested)
      .when({ type: 'CancelAccountRecovery', because })
      .then(event('AccountRecoveryCancelled', { because }));
  });

  it('is called off also when it could be completed', () => {
    expect(stateAfter(accountDecider, registered, requested, event('AccountRecoveryCancelled'))).toMatchObject({
      recovery: null,
    });
  });

  it('is completed from its time on, and not a millisecond before', () => {
    given(accountDecider, registered, requested)
      .when(complete(after(notBefore, -1)))
      .thenRejected('RECOVERY_TOO_EARLY');
    given(accountDecider, registered, requested).when(complete(notBefore)).then(event('AccountRecovered'));
  });

  it.each([
    ['was never begun', []],
    ['was called off', [requested, event('AccountRecoveryCancelled')]],
    [
      'was called off after another was done',
      [event('AccountRecovered'), requested, event('AccountRecoveryCancelled')],
    ],
  ])('is neither called off nor completed where it %s', (_, events) => {
    for (const command of [cancel, complete(notBefore)])
      given(accountDecider, registered, ...events)
        .when(command)
        .thenRejected('RECOVERY_NOT_REQUESTED');
  });

  it('that is done cannot be called off, and is not done twice', () => {
    const done = [registered, requested, event('AccountRecovered')] as const;
    given(accountDecider, ...done)
      .when(cancel)
      .thenRejected('RECOVERY_NOT_REQUESTED');
    given(accountDecider, ...done)
      .when(complete(notBefore))
      .then();
    given(accountDecider, ...done)
      .when(complete(notBefore, 'another'))
      .thenRejected('RECOVERY_NOT_REQUESTED');
  });

  it('is void a week after it could have been completed: then it is begun anew, with all its time', () => {
    const lastMoment = after(notBefore, 7 * DAY - 1);
    const tooLate = after(notBefore, 7 * DAY);
    given(accountDecider, registered, requested).when(complete(lastMoment)).then(event('AccountRecovered'));
    given(accountDecider, registered, requested)
      .when({ ...request, now: lastMoment })
      .then();
    given(accountDecider, registered, requested).when(complete(tooLate)).thenRejected('RECOVERY_NOT_REQUESTED');
    given(accountDecider, registered, requested)
      .when({ ...request, now: tooLate })
      .then(event('AccountRecoveryRequested', { notBefore: after(tooLate, 72 * HOUR) }));
  });

  it('that is done is repeated for a week', () => {
    const done = [registered, requested, event('AccountRecovered')] as const;
    given(accountDecider, ...done)
      .when(complete(after(NOW, 7 * DAY)))
      .thenRejected('RECOVERY_NOT_REQUESTED');
  });

  it('is not completed in the place of one that was called off', () => {
    given(accountDecider, registered, requested)
      .when(complete(notBefore, 'another'))
      .thenRejected('RECOVERY_NOT_REQUESTED');
  });

  it('is begun anew after one that is over', () => {
    for (const end of [event('AccountRecoveryCancelled'), event('AccountRecovered')])
      given(accountDecider, registered, requested, end)
        .when(request)
        .then(event('AccountRecoveryRequested', { notBefore: after(NOW, 72 * HOUR) }));
  });

  it('is of an account that is there', () => {
    for (const command of [request, cancel, complete(notBefore)])
      given(accountDecider).when(command).thenRejected('NOT_FOUND');
  });
});
