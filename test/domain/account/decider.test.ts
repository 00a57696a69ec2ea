import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../src/domain/account/policy.js';
import { MOST_ORIGINS } from '../../../src/domain/account/audit-origins.js';
import { accountDecider, type AccountCommand } from '../../../src/domain/account/decider.js';
import { ACME, ADA, event } from '../../support/builders.js';
import { given, NOW, stateAfter } from '../../support/given.js';

const ORIGIN = 'localhost/audit/acme';
const register: AccountCommand = {
  ...{ type: 'RegisterPrimaryAccount', accountId: ACME, userId: ADA },
  ...{ alias: 'acme', auditOrigin: ORIGIN },
};
const abandon: AccountCommand = { type: 'AbandonRegistration', accountId: ACME, userId: ADA };
const abandoned = event('RegistrationAbandoned', { userId: ADA });

describe('Registering a primary account', () => {
  it('makes the account', () => {
    given(accountDecider).when(register).then(event('PrimaryAccountRegistered'));
  });

  it('comes too late where the registration was abandoned for somebody else', () => {
    given(accountDecider, abandoned).when(register).thenRejected('REGISTRATION_ABANDONED');
  });

  it('happens once', () => {
    given(accountDecider, event('PrimaryAccountRegistered')).when(register).thenRejected('REGISTRATION_ABANDONED');
  });
});

describe('Abandoning a registration', () => {
  it('closes the stream of an account that never came about', () => {
    given(accountDecider).when(abandon).then(abandoned);
  });

  it('writes nothing a second time', () => {
    given(accountDecider, abandoned).when(abandon).then();
  });

  it('leaves an account that has come about as it is', () => {
    given(accountDecider, event('PrimaryAccountRegistered')).when(abandon).then();
  });
});

describe('A primary account', () => {
  const registered = event('PrimaryAccountRegistered');

  it('knows its primary', () => {
    expect(stateAfter(accountDecider, registered)).toEqual({
      status: 'REGISTERED',
      accountId: ACME,
      primaryUserId: ADA,
      auditOrigins: [ORIGIN],
      serviceCredentials: {},
      auditTokens: {},
      policy: DEFAULT_POLICY,
      recovery: null,
      recovered: null,
    });
  });
});

describe('The origin of checkpoints', () => {
  const registered = event('PrimaryAccountRegistered');
  const OTHER = 'mfa.example/audit/acme';
  const naming = (auditOrigin: string): AccountCommand => ({ type: 'NameAuditOrigin', accountId: ACME, auditOrigin });
  const changed = (formerOrigin: string | null, auditOrigin: string) =>
    event('AuditOriginChanged', { formerOrigin, auditOrigin });

  it('is named by the registration', () => {
    given(accountDecider, registered).when(naming(ORIGIN)).then();
  });

  it('is joined to the one before where it is another', () => {
    given(accountDecider, registered).when(naming(OTHER)).then(changed(ORIGIN, OTHER));
    given(accountDecider, registered, changed(ORIGIN, OTHER))
      .when(naming('third/acme'))
      .then(changed(OTHER, 'third/acme'));
  });

  it('is named once, whatever nodes with other settings name in between', () => {
    const story = [registered, changed(ORIGIN, OTHER)];
    given(accountDecider, ...story)
      .when(naming(ORIGIN))
      .then();
    given(accountDecider, ...story)
      .when(naming(OTHER))
      .then();
  });

  it('is named once more where twenty others were named since', () => {
    const others = Array.from({ length: MOST_ORIGINS }, (_, index) => changed(null, `${index}/acme`));
    given(accountDecider, registered, ...others.slice(1))
      .when(naming(ORIGIN))
      .then();
    given(accountDecider, registered, ...others)
      .when(naming(ORIGIN))
      .then(changed(`${MOST_ORIGINS - 1}/acme`, ORIGIN));
  });

  it('has none before it where none was recorded', () => {
    given(accountDecider, event('PrimaryAccountRegistered', { auditOrigin: null }))
      .when(naming(ORIGIN))
      .then(changed(null, ORIGIN));
  });

  it('is refused where there is no account', () => {
    given(accountDecider).when(naming(ORIGIN)).thenRejected('NOT_FOUND');
    given(accountDecider, abandoned).when(naming(ORIGIN)).thenRejected('NOT_FOUND');
  });
});

describe('Exporting the audit trail', () => {
  const exporting: AccountCommand = {
    ...{ type: 'ExportAuditTrail', accountId: ACME, exportId: 'export', format: 'NATIVE', from: 0, to: 100 },
    ...{ tokenId: null, now: NOW },
  };

  it('is recorded', () => {
    given(accountDecider, event('PrimaryAccountRegistered')).when(exporting).then(event('AuditTrailExported'));
  });

  it('is refused where there is no account', () => {
    given(accountDecider).when(exporting).thenRejected('NOT_FOUND');
    given(accountDecider, abandoned).when(exporting).thenRejected('NOT_FOUND');
  });
});
