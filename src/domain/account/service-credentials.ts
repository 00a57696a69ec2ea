import { accept, reject, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import type { Rejection } from '../rejection.js';
import type { AccountEvent } from './events.js';
import { withoutOldVoid } from './void-entries.js';

/** Live credentials that an account may have: more services than have operations of their own verified. */
export const MOST_SERVICE_CREDENTIALS = 20;

/** A credential by which another service redeems grants, as the rules know it. */
export interface ServiceCredential {
  readonly credentialId: string;
  /** base64url of SHA-256 of its secret half. */
  readonly secretDigest: string;
  /** The service whose grants it redeems. */
  readonly service: string;
  readonly revoked: boolean;
}

/** The credentials of an account by id, with those that became void last. */
export type ServiceCredentials = Readonly<Record<string, ServiceCredential>>;

/** Makes a credential; its secret half is known to nobody but who asked for it. */
export interface CreateServiceCredential {
  readonly type: 'CreateServiceCredential';
  readonly accountId: string;
  readonly credentialId: string;
  readonly name: string;
  readonly service: string;
  readonly secretDigest: string;
  /** The verification that was used. */
  readonly challengeId: string;
}

export interface RevokeServiceCredential {
  readonly type: 'RevokeServiceCredential';
  readonly accountId: string;
  readonly credentialId: string;
}

export type ServiceCredentialCommand = CreateServiceCredential | RevokeServiceCredential;

/** The credential of an id; undefined where the account never had it. */
export function credentialNamed(credentials: ServiceCredentials, credentialId: string): ServiceCredential | undefined {
  return Object.hasOwn(credentials, credentialId) ? credentials[credentialId] : undefined;
}

function liveIn(credentials: ServiceCredentials): readonly ServiceCredential[] {
  return Object.values(credentials).filter(({ revoked }) => !revoked);
}

/** Whether an account may have one more credential; the refusal if not. */
export function checkCredentialRoom(credentials: ServiceCredentials): Rejection | null {
  return liveIn(credentials).length < MOST_SERVICE_CREDENTIALS ? null : { code: 'TOO_MANY_SERVICE_CREDENTIALS' };
}

/** Whether somebody could redeem a grant for a service: it has a credential that is live; the refusal if not. */
export function checkServiceKnown(credentials: ServiceCredentials, service: string): Rejection | null {
  const isKnown = liveIn(credentials).some((credential) => credential.service === service);
  return isKnown ? null : { code: 'UNKNOWN_SERVICE' };
}

function create(command: CreateServiceCredential, credentials: ServiceCredentials): Decision<AccountEvent> {
  const full = checkCredentialRoom(credentials);
  if (full !== null) return reject(full);
  const { accountId, credentialId, name, service, secretDigest, challengeId } = command;
  return accept({
    type: 'ServiceCredentialCreated',
    data: { accountId, credentialId, secretDigest, service, challengeId },
    personal: { name },
  });
}

/** What comes of a command on the credentials of an account that is registered. */
export function decideServiceCredentials(
  command: ServiceCredentialCommand,
  credentials: ServiceCredentials,
): Decision<AccountEvent> {
  if (command.type === 'CreateServiceCredential') return create(command, credentials);
  const { accountId, credentialId } = command;
  const credential = credentialNamed(credentials, credentialId);
  if (credential === undefined) return reject({ code: 'NOT_FOUND' });
  if (credential.revoked) return accept();
  return accept({ type: 'ServiceCredentialRevoked', data: { accountId, credentialId }, personal: null });
}

/** Takes in what happened to the credentials of an account. */
export function evolveServiceCredentials(
  credentials: ServiceCredentials,
  event: Recorded<AccountEvent>,
): ServiceCredentials {
  if (event.type === 'ServiceCredentialCreated') {
    const { credentialId, secretDigest, service } = event.data;
    const others = withoutOldVoid(credentials, ({ revoked }) => revoked);
    return { ...others, [credentialId]: { credentialId, secretDigest, service, revoked: false } };
  }
  if (event.type !== 'ServiceCredentialRevoked') return credentials;
  const { credentialId } = event.data;
  const credential = credentialNamed(credentials, credentialId);
  return credential === undefined ? credentials : { ...credentials, [credentialId]: { ...credential, revoked: true } };
}
