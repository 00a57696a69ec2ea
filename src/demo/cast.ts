import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Authenticator } from './authenticator.js';
import type { Client } from './client.js';
import { challenged, done, signedIn } from './expectations.js';
import { answerMfaChallenge, signIn, signOut } from './operations.js';

/** Somebody who signs in. */
export interface Person {
  /** The account's alias; null for the primary, who signs in by e-mail address. */
  readonly account: string | null;
  readonly username: string;
  readonly password: string;
}

/** Somebody at a browser. */
export interface Seat {
  readonly person: Person;
  readonly browser: Client;
}

/** Somebody at a browser, with a phone that makes the codes. */
export interface ProtectedSeat extends Seat {
  readonly phone: Authenticator;
}

/** Who takes part. */
export interface Cast {
  readonly alias: string;
  readonly ada: Person;
  readonly bob: Person;
  readonly carol: Person;
  readonly dave: Person;
  readonly erin: Person;
}

/** The people of the journey, with new passwords each time. */
export function createCast(): Cast {
  const alias = 'lovelace-cloud';
  const password = () => randomBytes(15).toString('base64url');
  const subUser = (username: string) => ({ account: alias, username, password: password() });
  return {
    alias,
    ada: { account: null, username: 'ada@example.com', password: password() },
    bob: subUser('bob'),
    carol: subUser('carol'),
    dave: subUser('dave'),
    erin: subUser('erin'),
  };
}

function credentialsOf({ account, username, password }: Person, { transport }: Client) {
  const whose = account === null ? { username } : { account, username };
  const how = transport === 'BEARER' ? { transport } : {};
  return { ...whose, password, ...how };
}

/** Gives the password, with something to come of it. */
export async function requestSignIn(client: Client, person: Person, expected: z.ZodType): Promise<void> {
  await client.ask(signIn, credentialsOf(person, client), expected);
}

/** Gives the password; no code is owed. */
export async function signInByPassword(client: Client, person: Person): Promise<void> {
  await requestSignIn(client, person, signedIn('aal1'));
}

/** Gives the password, which begins a challenge. */
export async function beginSignIn(client: Client, person: Person): Promise<void> {
  await requestSignIn(client, person, challenged);
}

/** Answers the challenge with a code that was not used yet, and answers that code. */
export async function answerWithFreshCode(client: Client, phone: Authenticator): Promise<string> {
  const code = await phone.freshCode();
  await client.ask(answerMfaChallenge, { code }, signedIn('aal2'));
  return code;
}

/** Ends the session. */
export async function leave(client: Client): Promise<void> {
  await client.ask(signOut, {}, done({}));
}
