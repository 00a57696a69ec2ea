import { eventType, revised, type EventOf } from '../event.js';
import { count, flag, id, instant, listOf, nullable, oneOf, text } from '../field.js';

export const AUDIT_SCOPES = ['READ', 'EXPORT'] as const;

/** `READ`: asks for the audit trail. `EXPORT`: takes it out of the house. */
export type AuditScope = (typeof AUDIT_SCOPES)[number];

export const EXPORT_FORMATS = ['NATIVE', 'OCSF', 'CSV'] as const;

/** `NATIVE`: records that can be verified. `OCSF`: events in the Open Cybersecurity Schema Framework. `CSV`: a table. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const recovery = {
  accountId: id('the account'),
  userId: id('the user of the primary account'),
  recoveryId: id('the recovery'),
};

const credential = {
  accountId: id('the account'),
  credentialId: id('the service credential'),
};

const token = {
  accountId: id('the account'),
  tokenId: id('the audit token'),
};

/** Closes the stream of an owner who never came about, so that its names can be taken over; a slow owner then loses. */
export const registrationAbandoned = eventType(
  ['account', 'user'],
  'A registration that was begun and never finished was closed, and its names given to somebody else.',
  {
    accountId: id('the account'),
    userId: id('the user who was to be created'),
  },
);

export const accountEvents = {
  PrimaryAccountRegistered: revised(
    eventType(
      'account',
      'A primary account came about; its primary can sign in from now on.',
      {
        accountId: id('the account'),
        userId: id('the user of the primary account'),
        auditOrigin: nullable(text('the origin of the checkpoints of its audit trail; null where it was not recorded')),
      },
      ['alias'],
    ),
    (data) => ({ ...data, auditOrigin: null }),
  ),
  AuditOriginChanged: eventType(
    'account',
    'Checkpoints of the audit trail are signed under this origin, too, from now on; those from before stay valid.',
    {
      accountId: id('the account'),
      formerOrigin: nullable(text('the origin that was named last; null where none was recorded')),
      auditOrigin: text('the origin from now on'),
    },
  ),
  RegistrationAbandoned: registrationAbandoned,
  AuditTokenCreated: eventType(
    'account',
    'A token was made by which a program reads the audit trail; it belongs to the account, not to who made it.',
    {
      ...token,
      secretDigest: id('base64url of SHA-256 of the secret half of the token'),
      scopes: listOf(oneOf('what it may be used for', AUDIT_SCOPES)),
      expiresAt: instant('when it is void by itself'),
      challengeId: id('the verification that was used'),
    },
    ['name'],
  ),
  AuditTokenRevoked: eventType('account', 'A token for reading the audit trail is void.', token),
  AuditTokenUsed: eventType(
    'account',
    'A token for reading the audit trail was used; recorded at most once a day.',
    token,
  ),
  AccountPolicyChanged: eventType('account', 'What holds for all users of the account is otherwise from now on.', {
    accountId: id('the account'),
    trustedDeviceDays: count('days for which a browser may be trusted; 0: none is'),
    codesToEnable: count('codes that enabling a device takes: one, or two consecutive ones'),
    idleMinutes: count('minutes without use after which a session ends'),
    absoluteMinutes: count('minutes after which a session ends whatever happens'),
    newSubUsersNeedMfa: flag('whether every sub-user that is created from now on has to enable MFA'),
    challengeId: nullable(id('the verification that was used; null where none was needed')),
  }),
  ServiceCredentialCreated: eventType(
    'account',
    'A credential was made by which another service redeems grants; it belongs to the account, not to who made it.',
    {
      ...credential,
      secretDigest: id('base64url of SHA-256 of the secret half of the credential'),
      service: id('the service whose grants it redeems'),
      challengeId: id('the verification that was used'),
    },
    ['name'],
  ),
  ServiceCredentialRevoked: eventType('account', 'A credential of another service is void.', credential),
  AccountRecoveryRequested: eventType(
    'account',
    "An operator began to take the primary's MFA off, since phone and recovery codes are lost; it can be called off until it is done.",
    { ...recovery, notBefore: instant('when it can be done at the earliest') },
    ['reason'],
  ),
  AccountRecoveryCancelled: eventType('account', 'The recovery of the account was called off.', {
    ...recovery,
    because: oneOf('what called it off', ['OWNER', 'SIGN_IN', 'OPERATOR']),
  }),
  AccountRecovered: eventType(
    'account',
    "An operator took the primary's MFA off, after the time for calling it off.",
    recovery,
  ),
  AuditTrailExported: eventType('account', 'The audit trail, or a part of it, was handed out.', {
    accountId: id('the account'),
    exportId: id('the export'),
    format: oneOf('its form', EXPORT_FORMATS),
    from: count('the place in the trail that it began at'),
    to: count('the place in the trail before which it was to end'),
  }),
};

export type AccountEvent = EventOf<typeof accountEvents>;
