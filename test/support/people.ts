import { randomUUID } from 'node:crypto';
import { scan, type Authenticator } from './authenticator.js';
import type { Client, Loose } from './client.js';
import { mutate, succeed, type Outcome } from './operations.js';
import type { TestService } from './service.js';

/** What somebody signs in by. */
export interface Credentials {
  readonly account: string | null;
  readonly username: string;
  readonly password: string;
}

/** A primary account, as its owner knows it. */
export interface Account extends Credentials {
  readonly account: null;
  readonly alias: string;
  readonly accountId: string;
}

/** A sub-user, as whoever created it knows it. */
export interface SubUser extends Credentials {
  readonly userId: string;
}

export type Role = 'MEMBER' | 'ADMIN' | 'AUDITOR';

/** A word that nobody has used. */
export function fresh(word: string): string {
  return `${word}-${randomUUID().slice(0, 13)}`;
}

/** Registers a primary account with names that are its own. */
export async function register(service: Pick<TestService, 'client'>): Promise<Account> {
  const alias = fresh('acme');
  const username = `${fresh('ada')}@example.com`;
  const password = fresh('correct horse');
  const { account } = await succeed(service.client(), 'registerAccount', { alias, email: username, password });
  return { account: null, alias, username, password, accountId: account.id };
}

/** The attempt to sign in, as it came out. */
export function trySignIn(
  client: Client,
  { account, username, password }: Credentials,
  transport?: 'COOKIE' | 'BEARER',
): Promise<Outcome> {
  return mutate(client, 'signIn', { account, username, password, ...(transport && { transport }) });
}

/** A new client in which somebody has given the right password; with a device a code is still owed. */
export async function signIn(
  service: Pick<TestService, 'client'>,
  credentials: Credentials,
  transport: 'COOKIE' | 'BEARER' = 'COOKIE',
): Promise<Client> {
  const client = service.client();
  const { refusal, payload, answer } = await trySignIn(client, credentials, transport);
  if (refusal !== null) throw new Error(`${credentials.username} could not sign in: ${answer.text}`);
  client.token = payload.outcome.token;
  return client;
}

/** Takes the token of an outcome, where it travels in the answer. */
export function takeToken(client: Client, payload: Loose): void {
  if (client.token !== null) client.token = payload.outcome.token;
}

/** Sets up a device; its authenticator, and the set-up as it was shown. */
export async function startEnrollment(
  service: Pick<TestService, 'clock'>,
  client: Client,
  input: Loose = {},
): Promise<{ readonly authenticator: Authenticator; readonly enrollment: Loose }> {
  const { enrollment } = await succeed(client, 'startMfaEnrollment', input);
  return { enrollment, authenticator: scan(enrollment.otpauthUri, service.clock) };
}

/** Enables a device in a session that has just begun; its authenticator. */
export async function enable(
  service: Pick<TestService, 'clock'>,
  client: Client,
  deviceName = 'Phone',
  more: Loose = {},
): Promise<Authenticator> {
  const { authenticator, enrollment } = await startEnrollment(service, client, { deviceName, ...more });
  const input = { enrollmentId: enrollment.id, code: authenticator.code() };
  takeToken(client, await succeed(client, 'enableMfa', input));
  return authenticator;
}

/** Gives the next code of a device to a session that owes one. */
export async function answerChallenge(client: Client, authenticator: Authenticator): Promise<Loose> {
  const payload = await succeed(client, 'answerMfaChallenge', { code: authenticator.nextCode() });
  takeToken(client, payload);
  return payload;
}

/** A primary account whose primary is signed in. */
export async function primary(
  service: TestService,
  transport: 'COOKIE' | 'BEARER' = 'COOKIE',
): Promise<{ readonly account: Account; readonly client: Client }> {
  const account = await register(service);
  return { account, client: await signIn(service, account, transport) };
}

/** A primary account whose primary is signed in and has a device. */
export async function protectedPrimary(service: TestService, transport: 'COOKIE' | 'BEARER' = 'COOKIE') {
  const { account, client } = await primary(service, transport);
  return { account, client, authenticator: await enable(service, client) };
}

/** Creates a sub-user. */
export async function createSubUser(
  client: Client,
  account: Account,
  role: Role = 'MEMBER',
  more: Loose = {},
): Promise<SubUser> {
  const username = fresh('sam');
  const password = fresh('battery staple');
  const { user } = await succeed(client, 'createSubUser', { username, password, role, ...more });
  return { account: account.alias, username, password, userId: user.id };
}

/** Does a guarded operation: asks for it, answers the challenge that it is met with, and asks again. */
export async function verified(
  client: Client,
  name: string,
  input: Loose,
  proof: Authenticator | { readonly password: string },
): Promise<Loose> {
  const { refusal, userError, answer } = await mutate(client, name, input);
  if (refusal !== 'VERIFICATION_REQUIRED') throw new Error(`${name} asked for no verification: ${answer.text}`);
  const challengeId = userError.challenge.id;
  const given = 'password' in proof ? { password: proof.password } : { code: proof.nextCode() };
  await succeed(client, 'verifyOperation', { challengeId, ...given });
  return succeed(client, name, { ...input, challengeId });
}
