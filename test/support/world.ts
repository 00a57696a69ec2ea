import { randomBytes, randomUUID } from 'node:crypto';
import type { Application } from '../../src/application/application.js';
import { authenticate } from '../../src/application/authenticate.js';
import { createSubUser } from '../../src/application/create-sub-user.js';
import { enableMfa } from '../../src/application/enable-mfa.js';
import { registerPrimaryAccount } from '../../src/application/register-primary-account.js';
import type { CurrentSession, RequestContext } from '../../src/application/request-context.js';
import { done, type Result } from '../../src/application/result.js';
import { signIn } from '../../src/application/sign-in.js';
import { startMfaEnrollment, type StartedEnrollment } from '../../src/application/start-mfa-enrollment.js';
import { createKnownStates } from '../../src/application/states.js';
import { createUnknownNames } from '../../src/application/unknown-names.js';
import { verifyOperation } from '../../src/application/verify-operation.js';
import type { Challenged } from '../../src/application/guard.js';
import type { PasswordHasher } from '../../src/application/password-hasher.js';
import type { Instant } from '../../src/domain/instant.js';
import type { SessionStage } from '../../src/domain/session/standing.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { createEventLog } from '../../src/eventstore/event-log.js';
import type { EventStore } from '../../src/eventstore/event-store.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { parseGrantKeys } from '../../src/grants/grant-keys.js';
import { signedGrants } from '../../src/grants/signed-grants.js';
import { parseKeyRing } from '../../src/vault/key-ring-file.js';
import { digest } from '../../src/vault/key-ring.js';
import { createPersonKeys } from '../../src/vault/person-keys.js';
import { fixedKeyRing } from '../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqlite-vault.js';
import { scan, type Authenticator } from './authenticator.js';
import { movableClock, PRODUCTION, type Clock } from './service.js';

/** Command handlers on a log and a vault in memory, with one account, its primary and one sub-user. */
export interface World {
  readonly app: Application;
  /** Command handlers of another node, on the same log and vault. */
  another(): Application;
  /** The log, as everybody who follows it has it. */
  readonly store: EventStore;
  readonly clock: Clock;
  readonly accountId: string;
  /** The session of the primary. */
  readonly primary: string;
  readonly userId: string;
  readonly user: SignInNames;
  /** The whole log. */
  events(): Promise<readonly LoggedEvent[]>;
  close(): Promise<void>;
}

export interface SignInNames {
  readonly account: string | null;
  readonly username: string;
  readonly password: string;
}

/** What a request came to: a value, or the code of why not. */
export type Reply<T> =
  { readonly value: T; readonly refusal: null } | { readonly value: null; readonly refusal: string };

/** Where grants say that they come from. */
export const ISSUER = 'https://mfa.example.com';

/** Hashing is slow on purpose and proves nothing here. */
const plainPasswords: PasswordHasher = {
  hash: async (password) => `plain ${password}`,
  verify: async (encoded, password) => encoded === `plain ${password}`,
  isCommon: async () => false,
};

/** The context of a request of its own. */
export function requestContext(): RequestContext {
  return {
    requestId: randomUUID(),
    from: { ip: null, userAgent: null },
    knownBrowser: null,
    current: null,
    wrote: () => undefined,
  };
}

function replyOf<T>(result: Result<T>): Reply<T> {
  return result.ok
    ? { value: result.value, refusal: null }
    : { value: null, refusal: result.rejections[0]?.code ?? 'NO REASON' };
}

/** A command in a session. */
export type Command<T> = (app: Application, request: RequestContext, current: CurrentSession) => Promise<Result<T>>;

/** A command as it is sent: with a token, which is looked at first, and only at the stages where it may be used. */
export async function send<T>(
  app: Application,
  token: string,
  command: Command<T>,
  stages: readonly SessionStage[] = ['FULL'],
): Promise<Reply<T>> {
  const request = requestContext();
  const { current } = await authenticate(app, request, token);
  if (current === null) return { value: null, refusal: 'UNAUTHENTICATED' };
  if (!stages.includes(current.stage)) return { value: null, refusal: `AT ${current.stage}` };
  return replyOf(await command(app, { ...request, current }, current));
}

/** What a request that was to be done came to. */
export function valueOf<T>(reply: Reply<T>): T {
  if (reply.refusal !== null) throw new Error(`it was refused: ${reply.refusal}`);
  return reply.value;
}

/** An attempt to sign in, as it came out. */
export async function trySignIn(app: Application, user: SignInNames) {
  return replyOf(await signIn(app, requestContext(), { ...user, transport: 'BEARER' }));
}

/** Signs in by the password; the token. */
export async function tokenOf(app: Application, user: SignInNames): Promise<string> {
  return valueOf(await trySignIn(app, user)).token;
}

/** The public half of a token. */
export function sessionIdOf(token: string): string {
  return token.split('.', 1)[0] ?? '';
}

/** Asks for a guarded operation, answers its challenge, and hands out the verification. */
export async function verify<T>(
  app: Application,
  token: string,
  guarded: (challengeId: string | null) => Command<Challenged<T>>,
  answer: { readonly code: string } | { readonly password: string },
): Promise<string> {
  const { challenge } = valueOf(await send(app, token, guarded(null), ['FULL', 'MFA_ENROLLMENT']));
  if (challenge === null) throw new Error('it was not guarded');
  const input = { code: null, password: null, ...answer, challengeId: challenge.challengeId };
  const verifying: Command<unknown> = (ports, request, current) => verifyOperation(ports, request, current, input);
  valueOf(await send(app, token, verifying, ['FULL', 'MFA_ENROLLMENT']));
  return challenge.challengeId;
}

const ENROLLING: readonly SessionStage[] = ['MFA_ENROLLMENT', 'FULL'];

/** A command that starts setting up a device: oneself's, or another user's. */
export function starting(userId: string | null = null) {
  return (challengeId: string | null): Command<Challenged<{ readonly enrollment: StartedEnrollment }>> =>
    (app, request, current) =>
      startMfaEnrollment(app, request, current, { userId, deviceName: 'Phone', challengeId });
}

/** Sends a code that is to enable a pending device. */
export function sendEnabling(
  app: Application,
  token: string,
  input: { enrollmentId: string; code: string; nextCode?: string },
) {
  return send(app, token, (ports, request, current) => enableMfa(ports, request, current, input), ENROLLING);
}

export interface Pending {
  readonly enrollmentId: string;
  readonly authenticator: Authenticator;
}

/** Starts setting up a device; what is known of it from then on. */
export async function trySetUp(
  { app, clock }: Pick<World, 'app' | 'clock'>,
  token: string,
  { userId, challengeId = null }: { readonly userId?: string; readonly challengeId?: string | null } = {},
): Promise<Reply<Pending>> {
  const reply = await send(app, token, starting(userId)(challengeId), ENROLLING);
  if (reply.refusal !== null) return reply;
  if (reply.value.challenge !== null) return { value: null, refusal: 'VERIFICATION_REQUIRED' };
  const { enrollmentId, keyUri } = reply.value.enrollment;
  return { value: { enrollmentId, authenticator: scan(keyUri, clock) }, refusal: null };
}

/** Enables a first device in a session that has just begun; the device, and the session's token from then on. */
export async function enableDevice(world: World, token: string) {
  const { enrollmentId, authenticator } = valueOf(await trySetUp(world, token));
  const enabled = valueOf(await sendEnabling(world.app, token, { enrollmentId, code: authenticator.code() }));
  return { authenticator, token: enabled.issued?.token ?? '' };
}

async function openPorts(now: () => Instant) {
  const database = openLogDatabase({ path: ':memory:' });
  const keyRing = parseKeyRing(PRODUCTION.KEY_RING, 'here');
  const store = openSqliteEventStore({ database, now });
  const vault = openSqliteVault({ database, keys: fixedKeyRing(keyRing), now });
  const appOfNode = (): Application => {
    const states = createKnownStates();
    const log = createEventLog(store, createPersonKeys(vault), () => states.forget());
    return { ...rest, log, states };
  };
  const rest: Omit<Application, 'log' | 'states'> = {
    ...{ vault, now, randomBytes },
    passwords: plainPasswords,
    pace: () => async () => undefined,
    newId: randomUUID,
    digest: (purpose, text) => digest(keyRing, purpose, text),
    issuer: 'Virtual MFA',
    auditOriginOf: (accountId) => `localhost/audit/${accountId}`,
    grants: signedGrants(await parseGrantKeys(PRODUCTION.GRANT_KEYS, 'here'), () => ISSUER),
    unknownNames: createUnknownNames(),
    limits: { take: async () => undefined },
  };
  const close = async () => {
    await store.close();
    await vault.close();
    await database.close();
  };
  return { app: appOfNode(), another: appOfNode, store, close };
}

const owner = { alias: 'acme', email: 'ada@example.com', password: 'correct horse battery' };
const user: SignInNames = { account: 'acme', username: 'sam', password: 'battery staple correct' };

/** What the primary signs in by, and verifies with. */
export const PRIMARY: SignInNames = { account: null, username: owner.email, password: owner.password };

/** What a command came to that needed no verification. @throws where it asked for one */
export function unchallenged<T extends object>(result: Result<Challenged<T>>): Result<T> {
  if (!result.ok) return result;
  if (result.value.challenge !== null) throw new Error('a verification was asked for');
  return done(result.value);
}

/** How a sub-user is created whose name is that of the one in every world. */
export const creating: Command<{ readonly userId: string }> = async (app, request, current) =>
  unchallenged(
    await createSubUser(app, request, current, {
      ...{ username: user.username, password: user.password },
      ...{ displayName: null, email: null, role: 'MEMBER', requireMfa: false, challengeId: null },
    }),
  );

/** Opens a world of its own. */
export async function openWorld(): Promise<World> {
  const clock = movableClock();
  const { app, another, store, close } = await openPorts(() => clock.now());
  const registered = valueOf(replyOf(await registerPrimaryAccount(app, requestContext(), owner)));
  const primary = await tokenOf(app, PRIMARY);
  const { userId } = valueOf(await send(app, primary, creating));
  return {
    ...{ app, another, store, clock, primary, userId, user, close },
    accountId: registered.accountId,
    async events() {
      const { events } = await store.readAll({ after: 0n, limit: 10_000 });
      return app.log.decode(events);
    },
  };
}
