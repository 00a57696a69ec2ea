import { randomBytes } from 'node:crypto';
import type { Client } from './client.js';
import { signIn } from './operations.js';
import { challenged, signedIn } from './expectations.js';

/** Somebody who signs in. */
export interface Person {
  /** The account's alias; null for the primary, who signs in by e-mail address. */
  readonly account: string | null;
  readonly username: string;
  readonly password: string;
}

/** Who takes part. */
export interface Cast {
  readonly alias: string;
  readonly ada: Person;
  readonly bob: Person;
  readonly carol: Person;
}

/** The people of the journey, with new passwords each time. */
export function createCast(): Cast {
  const alias = 'lovelace-cloud';
  const password = () => randomBytes(15).toString('base64url');
  return {
    alias,
    ada: { account: null, username: 'ada@example.com', password: password() },
    bob: { account: alias, username: 'bob', password: password() },
    carol: { account: alias, username: 'carol', password: password() },
  };
}

function credentialsOf({ account, username, password }: Person, { transport }: Client) {
  const whose = account === null ? { username } : { account, username };
  const how = transport === 'BEARER' ? { transport } : {};
  return { ...whose, password, ...how };
}

/** Gives the password; no code is owed. */
export async function signInByPassword(client: Client, person: Person): Promise<void> {
  await client.ask(signIn, credentialsOf(person, client), signedIn('aal1'));
}

/** Gives the password, which begins a challenge. */
export async function beginSignIn(client: Client, person: Person): Promise<void> {
  await client.ask(signIn, credentialsOf(person, client), challenged);
}
