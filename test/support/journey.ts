import type { Authenticator } from './authenticator.js';
import type { Client } from './client.js';
import { ask, mutate, succeed } from './operations.js';
import {
  answerChallenge,
  enable,
  signIn,
  startEnrollment,
  takeToken,
  trySignIn,
  verified,
  type Credentials,
  type SubUser,
} from './people.js';
import type { TestService } from './service.js';
import { layDownIn } from './trusting.js';

/** Names and passwords that are found nowhere by chance. */
export const CAST = {
  alias: 'zephyrine-works',
  email: 'quillon.marchbanks@zephyrine.example',
  password: 'Obsidian-Marmalade-77',
  username: 'thessaly_brackwater',
  displayName: 'Thessaly Brackwater-Ömer',
  colleague: 'peregrine_oxbow',
  samEmail: 'thessaly@brackwater.example',
  samPassword: 'Cerulean-Trombone-42',
  deviceNames: ['Pelagic Handset', 'Umbral Tablet', 'Verdigris Watch'],
  userAgent: 'Marchbanks-Browser/9.81',
  credentialName: 'Periwinkle Machines',
  operation: 'vm:ObliterateInstance',
  resource: 'i-umbrageous-4471',
  argumentsDigest: 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o',
} as const;

/** What came up while the journey was played, and must be found nowhere. */
export interface Secrets {
  readonly seeds: string[];
  readonly codes: string[];
  /** Session tokens, whole. */
  readonly tokens: string[];
  readonly passwords: string[];
  /** As they are shown. */
  readonly recoveryCodes: string[];
  /** What a browser keeps that is trusted. */
  readonly trusts: string[];
}

export interface Journey {
  /** The primary, signed in by token. */
  readonly primary: Client;
  /** The sub-user, signed in by token. */
  readonly sam: Client;
  readonly accountId: string;
  readonly userId: string;
  readonly secrets: Secrets;
}

/** Whoever comes and goes while the journey is played. */
const PASSER_BY = {
  username: 'lucasta_fenwick',
  renamed: 'lucasta_ravenscroft',
  password: 'Heliotrope-Bassoon-58',
  reset: 'Gamboge-Clavichord-61',
  own: 'Celadon-Dulcimer-64',
  reason: 'Her handset sank off Lundy',
} as const;

/** What the audit token is called that a program reads by. */
export const AUDIT_TOKEN_NAME = 'Tamarisk Collector';

const WRONG_PASSWORDS = ['Vermilion-Accordion-13', 'Vermilion-Accordion-14'];

/** Everything that happens in an account, with every kind of failure; one who came and went is erased, if it is to be. */
export async function playJourney(service: TestService, { erasing = false } = {}): Promise<Journey> {
  const secrets: Secrets = {
    ...{ seeds: [], codes: [], tokens: [], recoveryCodes: [], trusts: [] },
    passwords: [
      CAST.password,
      CAST.samPassword,
      PASSER_BY.password,
      PASSER_BY.reset,
      PASSER_BY.own,
      ...WRONG_PASSWORDS,
    ],
  };
  const { seeds, codes, tokens } = secrets;
  const noteToken = (client: Client) => tokens.push(client.token ?? client.cookies.get('session') ?? '');
  function note<T extends { readonly authenticator: Authenticator }>(started: T): T {
    seeds.push(started.authenticator.totp.secret.base32);
    return started;
  }

  const names = { alias: CAST.alias, email: CAST.email, password: CAST.password };
  const { account } = await succeed(service.client({ userAgent: CAST.userAgent }), 'registerAccount', names);
  const ada = { account: null, username: CAST.email, password: CAST.password };
  const browser = service.client({ userAgent: CAST.userAgent });
  await trySignIn(browser, { ...ada, password: WRONG_PASSWORDS[0] ?? '' });
  await succeed(browser, 'signIn', { username: ada.username, password: ada.password });
  noteToken(browser);
  const primary = await signIn(service, ada, 'BEARER');
  noteToken(primary);
  const { user } = await succeed(primary, 'createSubUser', {
    ...{ username: CAST.username, displayName: CAST.displayName, email: CAST.samEmail, password: CAST.samPassword },
    role: 'AUDITOR',
  });
  const sam: SubUser = { account: CAST.alias, username: CAST.username, password: CAST.samPassword, userId: user.id };
  const colleague = { ...sam, username: CAST.colleague };
  await succeed(primary, 'createSubUser', { username: colleague.username, password: colleague.password });

  // Enabling, with a wrong code, a change of mind and a right code; then replacing.
  const client = await signIn(service, sam, 'BEARER');
  noteToken(client);
  const given = note(await startEnrollment(service, client, { deviceName: CAST.deviceNames[0] }));
  await succeed(client, 'cancelMfaEnrollment', { enrollmentId: given.enrollment.id });
  service.clock.advance(5 * 60_000);
  const { userError } = await mutate(client, 'startMfaEnrollment', { deviceName: CAST.deviceNames[1] });
  const challengeId = userError.challenge.id;
  await mutate(client, 'verifyOperation', { challengeId, password: WRONG_PASSWORDS[1] });
  await succeed(client, 'verifyOperation', { challengeId, password: CAST.samPassword });
  const started = note(await startEnrollment(service, client, { deviceName: CAST.deviceNames[1], challengeId }));
  const first = started.authenticator;
  await mutate(client, 'enableMfa', { enrollmentId: started.enrollment.id, code: first.wrongCode() });
  codes.push(first.wrongCode(), first.code());
  takeToken(client, await succeed(client, 'enableMfa', { enrollmentId: started.enrollment.id, code: first.code() }));
  noteToken(client);
  await replaceDevice(service, client, first, { note, noteToken, codes });

  // Wrong codes up to the lock, unlocking, wrong passwords up to the back-off.
  await lockOut(service, sam, primary, codes);
  const gone = await comeAndGo(service, primary, { note, noteToken, codes });
  if (erasing) await succeed(primary, 'eraseUser', { userId: gone });
  await letRead(service, primary, { note, noteToken, codes });
  await letRedeem(service, primary, tokens);
  await succeed(primary, 'setAccountPolicy', { sessionIdleMinutes: 45 });
  await succeed(primary, 'setOperationProtection', { enabled: true });
  await verified(primary, 'setOperationProtection', { enabled: false }, { password: CAST.password });
  // One set-up stays pending, one challenge open.
  const again = await signIn(service, ada, 'BEARER');
  const phone = await enable(service, again, CAST.deviceNames[0]);
  codes.push(phone.code());
  noteToken(again);
  await recoverAndTrust(service, again, { account: ada, accountId: account.id, phone }, secrets);
  await mutate(again, 'startMfaEnrollment', { deviceName: CAST.deviceNames[1] });
  note(await startEnrollment(service, await signIn(service, colleague), { deviceName: CAST.deviceNames[2] }));
  return { primary: again, sam: client, accountId: account.id, userId: user.id, secrets };
}

interface Owner {
  readonly account: Credentials;
  readonly accountId: string;
  readonly phone: Authenticator;
}

/** Recovery codes, of which one is used twice; others in their place; a browser that is trusted for a while. */
async function recoverAndTrust(service: TestService, client: Client, owner: Owner, secrets: Secrets): Promise<void> {
  const { account, accountId, phone } = owner;
  const first = (await succeed(client, 'generateRecoveryCodes', {})).recoveryCodes;
  await layDownIn(service, accountId, { trustedDeviceDays: 7 });
  const browser = await signIn(service, account);
  await succeed(browser, 'answerMfaChallenge', { recoveryCode: first[0], trustDevice: true });
  await mutate(await signIn(service, account), 'answerMfaChallenge', { recoveryCode: first[0] });
  secrets.trusts.push(browser.cookies.get('trusted-browser') ?? '');
  secrets.tokens.push(browser.cookies.get('session') ?? '');
  browser.cookies.delete('session');
  await trySignIn(browser, account);
  secrets.tokens.push(browser.cookies.get('session') ?? '');
  const second = (await verified(client, 'generateRecoveryCodes', {}, phone)).recoveryCodes;
  secrets.codes.push(phone.code());
  secrets.recoveryCodes.push(...first, ...second);
  await succeed(client, 'revokeTrustedDevices', {});
}

interface Notes {
  note(started: { readonly authenticator: Authenticator }): void;
  noteToken(client: Client): void;
  readonly codes: string[];
}

async function replaceDevice(service: TestService, client: Client, old: Authenticator, notes: Notes): Promise<void> {
  const [, , deviceName] = CAST.deviceNames;
  const { userError } = await mutate(client, 'startMfaEnrollment', { deviceName });
  const challengeId = userError.challenge.id;
  const code = old.nextCode();
  await succeed(client, 'verifyOperation', { challengeId, code });
  const started = await startEnrollment(service, client, { deviceName, challengeId });
  notes.note(started);
  const proof = started.authenticator.code();
  const input = { enrollmentId: started.enrollment.id, code: proof };
  takeToken(client, await succeed(client, 'enableMfa', input));
  notes.noteToken(client);
  notes.codes.push(code, proof);
  const sam = { account: CAST.alias, username: CAST.username, password: CAST.samPassword };
  const next = await signIn(service, sam, 'BEARER');
  notes.noteToken(next);
  await mutate(next, 'answerMfaChallenge', { code: proof });
  await answerChallenge(next, started.authenticator);
  notes.codes.push(started.authenticator.code());
  notes.noteToken(next);
  await succeed(next, 'signOut');
}

/** A sub-user from its creation to its deletion, with all that is done to it in between; its id. */
async function comeAndGo(service: TestService, primary: Client, { note, noteToken, codes }: Notes): Promise<string> {
  const { username, renamed, password, reset, own, reason } = PASSER_BY;
  const { user } = await succeed(primary, 'createSubUser', { username, password, requireMfa: true });
  const { id: userId } = user;
  const credentials = { account: CAST.alias, username: renamed };
  await succeed(primary, 'renameUser', { userId, username: renamed });
  await succeed(primary, 'assignRole', { userId, role: 'AUDITOR' });
  await succeed(primary, 'resetSubUserPassword', { userId, newPassword: reset });
  const client = await signIn(service, { ...credentials, password: reset }, 'BEARER');
  noteToken(client);
  await succeed(client, 'changePassword', { newPassword: own });
  const started = await startEnrollment(service, client);
  note(started);
  codes.push(started.authenticator.code());
  const input = { enrollmentId: started.enrollment.id, code: started.authenticator.code() };
  takeToken(client, await succeed(client, 'enableMfa', input));
  noteToken(client);
  await verified(client, 'disableMfa', {}, started.authenticator);
  const proof = { password: CAST.password };
  await verified(primary, 'waiveSubUserMfa', { userId, reason }, proof);
  await succeed(primary, 'deleteSubUser', { userId });
  return userId;
}

/** A program that reads the trail by a token, until that is revoked. */
async function letRead(service: TestService, primary: Client, { noteToken }: Notes): Promise<void> {
  const input = { name: AUDIT_TOKEN_NAME, scopes: ['READ'] };
  const { auditToken, token } = await verified(primary, 'createAuditToken', input, { password: CAST.password });
  const program = Object.assign(service.client({ userAgent: CAST.userAgent }), { token });
  noteToken(program);
  await ask(program, '{ auditEvents(first: 1) { nodes { id } } }');
  await succeed(primary, 'revokeAuditToken', { tokenId: auditToken.id });
}

/** Another service that has an operation of the primary's verified, and redeems the grant, until its credential is revoked. */
async function letRedeem(service: TestService, primary: Client, tokens: string[]): Promise<void> {
  const { credentialName: name, operation, resource } = CAST;
  const proof = { password: CAST.password };
  const made = await verified(primary, 'createServiceCredential', { name, service: 'vm' }, proof);
  const wanted = { service: 'vm', operation, resource, argumentsDigest: CAST.argumentsDigest };
  const { challenge } = await succeed(primary, 'requestOperationVerification', wanted);
  const { grant } = await succeed(primary, 'verifyOperation', { challengeId: challenge.id, ...proof });
  const caller = Object.assign(service.client({ userAgent: CAST.userAgent }), { token: made.credential });
  await succeed(caller, 'redeemVerificationGrant', { grant });
  await mutate(caller, 'redeemVerificationGrant', { grant });
  tokens.push(made.credential, grant);
  await succeed(primary, 'revokeServiceCredential', { credentialId: made.serviceCredential.id });
}

async function lockOut(service: TestService, sam: SubUser, primary: Client, codes: string[]): Promise<void> {
  for (let challenge = 0; challenge < 2; challenge += 1) {
    const client = await signIn(service, sam, 'BEARER');
    for (const code of ['271828', '314159', '161803', '141421', '577215']) {
      codes.push(code);
      await mutate(client, 'answerMfaChallenge', { code });
    }
  }
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await trySignIn(service.client(), { ...sam, password: WRONG_PASSWORDS[0] ?? '' });
  }
  await succeed(primary, 'unlockUser', { userId: sam.userId });
}
