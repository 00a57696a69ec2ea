import { accountDecider, policyIn } from '../domain/account/decider.js';
import type { AccountPolicy } from '../domain/account/policy.js';
import { attemptsLeft } from '../domain/mfa/codes.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { StartSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import type { Factor, Transport } from '../domain/session/events.js';
import { owedAtStart } from '../domain/session/owed.js';
import { userDecider } from '../domain/user/decider.js';
import { comparable } from '../domain/user/names.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { countStrangersPassword, matchesPassword } from './check-password.js';
import { sessionOf } from './execute-as.js';
import { execute, load } from './execute.js';
import { browserKnownTo } from './known-browser.js';
import { holderOf, nameDigest, type Name } from './names.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { networkOf, takeOfAddress } from './request-limits.js';
import { done, refused, type Result } from './result.js';
import { formatToken, newSessionSecret, secretDigestOf } from './session-token.js';
import { comesFromTrustedBrowser } from './trust-device.js';
import type { TrustSecret } from './trusted-browser.js';

export interface SignInInput {
  /** The account's alias; null for the primary, who signs in by e-mail address. */
  readonly account: string | null;
  readonly username: string;
  readonly password: string;
  readonly transport: Transport;
}

/** A session that has just begun or risen: what its client is told once. */
export interface IssuedSession {
  readonly current: CurrentSession;
  readonly token: string;
  /** What the browser is to keep, where it has just been trusted. */
  readonly trust?: TrustSecret;
}

/** The name to sign in by; in an account that does not exist it is as unknown as a name nobody has. */
async function nameOf(app: Application, input: SignInInput): Promise<Name> {
  if (input.account === null) return { kind: 'EMAIL', within: null, name: input.username };
  const account = await holderOf(app, { kind: 'ALIAS', within: null, name: input.account });
  const within = account?.accountId ?? `no account ${input.account}`;
  return { kind: 'USERNAME', within, name: input.username };
}

interface Named {
  readonly user: ActiveUser;
  readonly policy: AccountPolicy;
}

interface Sought {
  readonly name: Name;
  readonly named: Named | null;
}

/** The user of a name, if both it and its account have come about. */
async function userNamed(app: Application, name: Name): Promise<Named | null> {
  const holder = await holderOf(app, name);
  if (holder === null) return null;
  const [{ state: account }, { state: user }] = await Promise.all([
    load(app, accountDecider, holder.accountId),
    load(app, userDecider, holder.userId),
  ]);
  if (account.status !== 'REGISTERED' || user.status !== 'ACTIVE') return null;
  // A name may be set aside for a rename that has not happened, or be the one from before.
  return comparable(user.username ?? '') === comparable(name.name) ? { user, policy: policyIn(account) } : null;
}

async function seek(app: Application, input: SignInInput): Promise<Sought> {
  const name = await nameOf(app, input);
  return { name, named: await userNamed(app, name) };
}

/** What a session is decided on: as it is once the password was compared. */
interface Facts extends Named {
  readonly mfa: MfaState;
}

/** What a sign-in by the right password has proven; where the browser is trusted, no code is to be asked for. */
function factorsOf(
  app: Application,
  request: RequestContext,
  { user, policy, mfa }: Facts,
  transport: Transport,
): readonly Factor[] {
  const trusted = transport === 'COOKIE' && comesFromTrustedBrowser(app, request, user.userId, { user, policy, mfa });
  return trusted ? ['PASSWORD', 'TRUSTED_DEVICE'] : ['PASSWORD'];
}

interface Proven {
  /** The name that was signed in by. */
  readonly name: Name;
  /** The user whose password it was. */
  readonly user: ActiveUser;
}

/** Begins a session by facts that are read after the password was compared: who was deleted or has another password by then gets none. */
async function startSession(
  app: Application,
  request: RequestContext,
  { name, user }: Proven,
  transport: Transport,
): Promise<IssuedSession | null> {
  const { accountId, userId } = user;
  const sessionId = app.newId();
  const secret = newSessionSecret(app);
  let facts = null as Facts | null;
  const started = await execute(app, request, {
    ...{ decider: sessionDecider, id: sessionId, by: bySelf({ sessionId, user }) },
    prepare: () => Promise.all([userNamed(app, name), load(app, mfaDecider, userId)]),
    command: ({ prepared: [named, { state: mfa, version: mfaVersion }] }): StartSession => {
      facts = named && { ...named, mfa };
      const factors = facts === null ? [] : factorsOf(app, request, facts, transport);
      return {
        type: 'StartSession',
        ...{ accountId, userId, transport, mfaVersion },
        isProven: named?.user.credentialId === user.credentialId,
        factors,
        owes: facts === null ? [] : owedAtStart({ ...facts, factors }),
        userVersion: named?.user.version ?? 0,
        secretDigest: secretDigestOf(secret),
      };
    },
  });
  const current = facts && sessionOf({ sessionId, session: started.state, ...facts }, app.now());
  return current && { current, token: formatToken({ sessionId, secret }) };
}

/** The digest of a name as it was typed, which nothing is looked up for. */
function typedDigest(app: Application, { account, username }: SignInInput): string {
  if (account === null) return nameDigest(app, { kind: 'EMAIL', within: null, name: username });
  return nameDigest(app, { kind: 'USERNAME', within: `typed ${comparable(account)}`, name: username });
}

/** What strangers use up: by where they come from and by the name that they type. It looks at nothing else, and so tells nothing else. */
async function limitStranger(app: Application, { from }: RequestContext, input: SignInInput): Promise<void> {
  await takeOfAddress(app.limits, 'SIGN_INS_OF_ADDRESS', from.ip ?? null);
  await app.limits.take('SIGN_INS_OF_ACCOUNT', typedDigest(app, input));
}

/**
 * Keeps strangers from having passwords hashed without end, and answers who is named. The budget of an account is that of the
 * name that was typed, whether there is such a user or not. Browsers that a user has signed in with share one of their own, which
 * no stranger can use up, and, whoever is signed in, a wide one of where they are.
 */
async function namedWithin(app: Application, request: RequestContext, input: SignInInput): Promise<Sought> {
  const { knownBrowser, from } = request;
  if (knownBrowser === null) {
    await limitStranger(app, request, input);
    return seek(app, input);
  }
  await app.limits.take('SIGN_INS_OF_ADDRESS', `browsers at ${networkOf(from.ip ?? null)}`, { breadth: 'WIDE' });
  const sought = await seek(app, input);
  const userId = sought.named?.user.userId ?? null;
  const isKnown = userId !== null && browserKnownTo(app, knownBrowser, userId) !== null;
  // Not by the browser: any number of them can be made known by whoever has the password.
  if (isKnown) await app.limits.take('SIGN_INS_OF_ACCOUNT', `known to ${userId}`);
  else await limitStranger(app, request, input);
  return sought;
}

async function attempt(app: Application, request: RequestContext, input: SignInInput): Promise<IssuedSession | null> {
  const { name, named } = await namedWithin(app, request, input);
  const user = named?.user ?? null;
  const matches = await matchesPassword(app, user, input.password);
  if (user === null) {
    app.unknownNames.reject(typedDigest(app, input), app.now());
    return null;
  }
  const counted = await countStrangersPassword(app, request, { user, matches });
  if (!counted.accepted) return null;
  return startSession(app, request, { name, user }, input.transport);
}

/**
 * Compares a password and begins a session, which is a challenge while a code is owed. Unknown names, wrong passwords and
 * backing off are answered alike, after the same work and in even time, and so is what fails on the way, limits among it;
 * whoever gave the right password learns nothing from being answered at once.
 * @throws {RateLimitedError} where too many sign-ins were tried from that address, or by that name
 */
export async function signIn(
  app: Application,
  request: RequestContext,
  input: SignInInput,
): Promise<Result<IssuedSession>> {
  const even = app.pace();
  let issued: IssuedSession | null;
  try {
    issued = await attempt(app, request, input);
  } catch (error) {
    // By then it may have been looked up whether there is such a name.
    await even();
    throw error;
  }
  if (issued !== null) return done(issued);
  await even();
  return refused({ code: 'SIGN_IN_FAILED' });
}

/** How many codes a session at its challenge may still be given. */
export function challengeAttemptsLeft({ mfa, sessionId }: CurrentSession): number {
  return attemptsLeft(mfa, sessionId);
}
