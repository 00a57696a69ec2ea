import { checkNewPassword } from '../domain/password/policy.js';
import type { Rejection } from '../domain/rejection.js';
import { PERSON_KEY_BYTES } from '../vault/personal-values.js';
import type { Application } from './application.js';
import { ownedId } from './owned-id.js';

/** Names of what was put into the vault for a user who is about to come about. */
export interface NewCredentials {
  readonly credentialId: string;
  readonly personId: string;
}

/** Checks a password that somebody wants to have. */
export async function checkPassword(app: Application, password: string): Promise<Rejection | null> {
  return checkNewPassword(password, await app.passwords.isCommon(password));
}

/** Puts a password's hash into the vault, before any event names it. */
export async function storePassword(app: Application, userId: string, password: string): Promise<string> {
  const encoded = await app.passwords.hash(password);
  const credentialId = ownedId(app, userId);
  await app.vault.put({ kind: 'password', id: credentialId }, Buffer.from(encoded));
  return credentialId;
}

/** Puts the password's hash and the key of the person's values into the vault, before any event names them. */
export async function storeCredentials(app: Application, userId: string, password: string): Promise<NewCredentials> {
  const credentialId = await storePassword(app, userId, password);
  const personId = ownedId(app, userId);
  await app.vault.put({ kind: 'person', id: personId }, app.randomBytes(PERSON_KEY_BYTES));
  return { credentialId, personId };
}
