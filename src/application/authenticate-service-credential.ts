import { accountDecider } from '../domain/account/decider.js';
import { credentialNamed } from '../domain/account/service-credentials.js';
import type { Application } from './application.js';
import { load } from './execute.js';
import { isSecretOfToken } from './program-token.js';
import { serviceCredentialForm } from './service-credential.js';

/** Another service that comes with a credential, as it stood when the request arrived. */
export interface ServiceCaller {
  readonly credentialId: string;
  readonly accountId: string;
  /** The service whose grants it redeems. */
  readonly service: string;
}

/** What was found of a service credential in its account's stream. */
export interface FoundServiceCaller {
  /** Null where it is void, or never was. */
  readonly caller: ServiceCaller | null;
  /** The place in the log of the last event that this follows from. */
  readonly position: bigint;
}

/**
 * Which service comes with a credential; none where it is malformed, unknown or revoked, all alike. It is looked for in its
 * account's stream, so that a revocation counts at once on every node. Told whenever a portion of a long stream was read.
 */
export async function authenticateServiceCredential(
  app: Application,
  text: string,
  onPortion?: () => void,
): Promise<FoundServiceCaller> {
  const parsed = serviceCredentialForm.parse(text);
  if (parsed === null) return { caller: null, position: 0n };
  const { accountId, id: credentialId, secret } = parsed;
  const { state: account, position } = await load(app, accountDecider, accountId, onPortion);
  const credentials = account.status === 'REGISTERED' ? account.serviceCredentials : {};
  const credential = credentialNamed(credentials, credentialId);
  const isProven = isSecretOfToken(credential?.secretDigest, secret);
  if (credential === undefined || !isProven || credential.revoked) return { caller: null, position };
  return { caller: { credentialId, accountId, service: credential.service }, position };
}
