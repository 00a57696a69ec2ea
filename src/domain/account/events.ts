import { eventType, type EventOf } from '../event.js';
import { count, id, instant, listOf, oneOf } from '../field.js';

export const AUDIT_SCOPES = ['READ', 'EXPORT'] as const;

/** `READ`: asks for the audit trail. `EXPORT`: takes it out of the house. */
export type AuditScope = (typeof AUDIT_SCOPES)[number];

export const EXPORT_FORMATS = ['NATIVE', 'OCSF', 'CSV'] as const;

/** `NATIVE`: records that can be verified. `OCSF`: events in the Open Cybersecurity Schema Framework. `CSV`: a table. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

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
  PrimaryAccountRegistered: eventType(
    'account',
    'A primary account came about; its primary can sign in from now on.',
    {
      accountId: id('the account'),
      userId: id('the user of the primary account'),
    },
    ['alias'],
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
  AuditTrailExported: eventType('account', 'The audit trail, or a part of it, was handed out.', {
    accountId: id('the account'),
    exportId: id('the export'),
    format: oneOf('its form', EXPORT_FORMATS),
    from: count('the place in the trail that it began at'),
    to: count('the place in the trail before which it was to end'),
  }),
};

export type AccountEvent = EventOf<typeof accountEvents>;
