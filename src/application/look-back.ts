import { accountDecider, policyIn, type AccountState } from '../domain/account/decider.js';
import type { AccountEvent } from '../domain/account/events.js';
import type { Recorded } from '../domain/event.js';
import type { Instant } from '../domain/instant.js';
import type { MfaEvent, RequirementStart } from '../domain/mfa/events.js';
import { recoveryCodesLeft } from '../domain/mfa/recovery-codes.js';
import { evolveMfa, noMfa, type MfaLock, type MfaState } from '../domain/mfa/state.js';
import type { TrustedDevice } from '../domain/mfa/trusted-device-list.js';
import { trustedDevices } from '../domain/mfa/trusted-devices.js';
import { streamName, type StreamName } from '../domain/stream.js';
import { userDecider } from '../domain/user/decider.js';
import type { Role, UserEvent } from '../domain/user/events.js';
import { evolveUser, type UserState } from '../domain/user/state.js';
import type { Application } from './application.js';
import { load } from './execute.js';
import type { Pause } from './turns.js';

export const EXISTENCES = ['NOT_YET', 'ACTIVE', 'DELETED'] as const;

/** Whether there was a user at a moment. */
export type Existence = (typeof EXISTENCES)[number];

/** A user's virtual MFA as it was, names included; these are null where they were erased. */
export interface PastMfa {
  readonly required: RequirementStart | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly enabledAt: Instant | null;
  /** The set-up that was begun last, which may have been void by then. */
  readonly pending: { readonly id: string; readonly name: string | null; readonly expiresAt: Instant } | null;
  /** The lock that was set last, which may have run out by then. */
  readonly lock: MfaLock | null;
  /** Null where none were generated since MFA had been enabled. */
  readonly recoveryCodesLeft: number | null;
  /** The browsers that were trusted then, by the policy, password and device of that moment. */
  readonly trustedDevices: readonly TrustedDevice[];
}

/** What was true of a user at a moment; of one who did not exist then, nothing. */
export interface PastUser {
  /** The moment that this is true of: the one that was asked for, or now where that lies ahead. */
  readonly at: Instant;
  readonly existence: Existence;
  readonly role: Role | null;
  readonly username: string | null;
  readonly mfa: PastMfa;
}

/** Events that are folded at once: between portions others have their turn. */
const PORTION = 250;

/** What an event costs that is read and folded, in points of 0.1 ms. */
const COST_OF_EVENT = 0.1;

interface Fold<S, E> {
  readonly initial: S;
  readonly evolve: (state: S, event: Recorded<E>) => S;
}

/** How streams are looked back at. */
interface Looking {
  readonly app: Application;
  /** Null: everything counts. */
  readonly until: Instant | null;
  readonly pause: Pause;
}

/**
 * Folds a stream as it stood at a moment: up to the first event that happened later, so that what is answered is a state
 * that the stream once had. What a clock that was set back then dates earlier came after that event all the same.
 */
async function foldUntil<S, E>(
  { app, until, pause }: Looking,
  stream: StreamName,
  { initial, evolve }: Fold<S, E>,
): Promise<S> {
  let state = initial;
  for (let after = 0; ; after += PORTION) {
    const events = await app.log.readStream(stream, { after, limit: PORTION });
    await pause(COST_OF_EVENT * events.length);
    for (const event of events) {
      if (until !== null && event.metadata.occurredAt > until) return state;
      // Reading checked that these are events of this category.
      state = evolve(state, event as unknown as Recorded<E>);
    }
    if (events.length < PORTION) return state;
  }
}

interface NamedMfa {
  readonly state: MfaState;
  readonly pendingName: string | null;
  readonly deviceName: string | null;
  readonly enabledAt: Instant | null;
}

const NOTHING: NamedMfa = { state: noMfa, pendingName: null, deviceName: null, enabledAt: null };

function evolveNamed(before: NamedMfa, event: Recorded<MfaEvent>): NamedMfa {
  const named = { ...before, state: evolveMfa(before.state, event) };
  if (event.type === 'MfaEnrollmentStarted') return { ...named, pendingName: event.personal?.deviceName ?? null };
  if (event.type !== 'MfaEnabled' && event.type !== 'MfaDeviceReplaced') return named;
  return { ...named, deviceName: before.pendingName, enabledAt: event.metadata.occurredAt };
}

function pastMfa({ state, pendingName, deviceName, enabledAt }: NamedMfa, trusted: readonly TrustedDevice[]): PastMfa {
  const { device, pending, requirement, lock } = state;
  return {
    required: requirement?.effective ?? null,
    ...(device === null
      ? { deviceId: null, deviceName: null, enabledAt: null }
      : { deviceId: device.deviceId, deviceName, enabledAt }),
    pending: pending && { id: pending.deviceId, name: pendingName, expiresAt: pending.expiresAt },
    lock,
    recoveryCodesLeft: recoveryCodesLeft(state),
    trustedDevices: trusted,
  };
}

const USER: Fold<UserState, UserEvent> = { initial: userDecider.initial, evolve: evolveUser };
const ACCOUNT: Fold<AccountState, AccountEvent> = { initial: accountDecider.initial, evolve: accountDecider.evolve };
const MFA: Fold<NamedMfa, MfaEvent> = { initial: NOTHING, evolve: evolveNamed };

/** Who a user was at a moment. */
function identityOf(user: UserState): Pick<PastUser, 'existence' | 'role' | 'username'> {
  if (user.status === 'NONE' || user.status === 'ABANDONED')
    return { existence: 'NOT_YET', role: null, username: null };
  const { status: existence, role, username } = user;
  return { existence, role, username };
}

/** Whom to look back at. */
export interface LookBack {
  readonly accountId: string;
  readonly userId: string;
  readonly at: Instant;
}

/** What was true of a user of an account at a moment, folded from the log alone; null where the account never had such a user. */
export async function lookBack(
  app: Application,
  { accountId, userId, at }: LookBack,
  pause: Pause,
): Promise<PastUser | null> {
  const { state: known } = await load(app, userDecider, userId);
  if (!('accountId' in known) || known.accountId !== accountId) return null;
  const now = app.now();
  // What is ahead nobody knows; as of now, everything counts, also what a clock that was ahead has dated later.
  const until = at < now ? at : null;
  const looking = { app, until, pause };
  const user = await foldUntil(looking, streamName('user', userId), USER);
  const moment = until ?? now;
  if (user.status !== 'ACTIVE') return { at: moment, ...identityOf(user), mfa: pastMfa(NOTHING, []) };
  const mfa = await foldUntil(looking, streamName('mfa', userId), MFA);
  const policy = policyIn(await foldUntil(looking, streamName('account', accountId), ACCOUNT));
  const trusted = trustedDevices({ mfa: mfa.state, user, policy }, moment);
  return { at: moment, ...identityOf(user), mfa: pastMfa(mfa, trusted) };
}
