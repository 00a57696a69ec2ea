import { checkNewPassword } from '../domain/password/policy.js';
import type { Rejection } from '../domain/rejection.js';
import { PERSON_KEY_BYTES } from '../vault/personal-values.js';
import type { Application } from './application.js';

/** Names of what was put into the vault for a user who is about to come about. */
export interface NewCredentials {
  readonly credentialId: string;
  readonly personId: string;
}

/** Checks a password that somebody wants to have. */
export async function checkPassword(app: Application, password: string): Promise<Rejection | null> {
  return checkNewPassword(password, await app.passwords.isCommon(password));
}

/** Puts the password's hash and the key of the person's values into the vault, before any event names them. */
export async function storeCredentials(app: Application, password: string): Promise<NewCredentials> {
  const encoded = await app.passwords.hash(password);
  const credentialId = app.newId();
  const personId = app.newId();
  await app.vault.put({ kind: 'password', id: credentialId }, Buffer.from(encoded));
  await app.vault.put({ kind: 'person', id: personId }, app.randomBytes(PERSON_KEY_BYTES));
  return { credentialId, personId };
}
