import { strict as assert } from 'node:assert';
import { eventually } from '../eventually.js';
import { heldSecrets } from '../held.js';
import { storedEvents, type LogPlace, type StoredRow } from '../stored.js';
import type { Ledger } from './ledger.js';

/** What the log of a cluster came to. */
export interface LogVerdict {
  readonly events: number;
  /** Mutations that were done, each found in the log once. */
  readonly acknowledged: number;
  /** Codes that were accepted, each once. */
  readonly codes: number;
  readonly reactions: number;
  /** Reactions that a second node took over. */
  readonly takenOver: number;
}

/** A stretch of the cluster's clock in which a process was killed or stood still. */
export interface Disturbance {
  readonly from: string;
  readonly to: string;
}

/** The one event without which a mutation was not done. */
const DONE_BY: Readonly<Record<string, string>> = {
  registerAccount: 'PrimaryAccountRegistered',
  signIn: 'SessionStarted',
  answerMfaChallenge: 'MfaCodeAccepted',
  createSubUser: 'UserCreated',
  startMfaEnrollment: 'MfaEnrollmentStarted',
  enableMfa: 'MfaEnabled',
  verifyOperation: 'MfaCodeAccepted',
  unlockUser: 'MfaUnlocked',
  disableMfa: 'MfaDisabled',
  requireSubUserMfa: 'SubUserMfaRequired',
  revokeSession: 'SessionEnded',
};

const ENDS_A_SEED: Readonly<Record<string, string>> = {
  MfaDisabled: 'deviceId',
  MfaEnrollmentCancelled: 'deviceId',
  MfaDeviceReplaced: 'oldDeviceId',
};

const ACCEPTING = new Set(['MfaEnabled', 'MfaDeviceReplaced', 'MfaCodeAccepted']);

function countBy(rows: readonly StoredRow[], keyOf: (row: StoredRow) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  return counts;
}

function twice(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].filter(([, count]) => count > 1).map(([key]) => key);
}

function expectStreams(rows: readonly StoredRow[]): void {
  const versions = new Map<string, number>();
  let position = 0n;
  for (const row of rows) {
    const version = (versions.get(row.stream) ?? 0) + 1;
    assert.equal(row.version, version, `${row.stream} has a gap or a double at ${version}`);
    versions.set(row.stream, version);
    assert.ok(row.position > position, `the log does not go on at ${row.position}`);
    ({ position } = row);
  }
  assert.deepEqual(twice(countBy(rows, ({ id }) => id)), [], 'ids of events that are there twice');
}

/** Whatever was asked for once was done once, also where nobody heard of it. */
function expectOnce(rows: readonly StoredRow[], { answered }: Ledger): number {
  const asked = rows.filter(({ metadata }) => metadata.actor.kind !== 'SYSTEM');
  const keyOf = ({ metadata, type }: StoredRow) => `${String(metadata.requestId)} ${type}`;
  assert.deepEqual(twice(countBy(asked, (row) => `${keyOf(row)} ${row.stream}`)), [], 'what a request did twice');
  const counts = countBy(asked, keyOf);
  const done = answered.filter(({ refusal, name }) => refusal === null && name in DONE_BY);
  const missing = done.filter(({ requestId, name }) => counts.get(`${requestId} ${DONE_BY[name] ?? ''}`) !== 1);
  assert.deepEqual(missing, [], 'what was acknowledged, and is not in the log once');
  const wrong = answered.filter(({ refusal }) => refusal === 'WRONG_CODE');
  const uncounted = wrong.filter(({ requestId }) => {
    const kinds = ['MfaCodeRejected', 'MfaCodeReplayed', 'MfaEnrollmentCodeRejected'];
    return kinds.reduce((sum, kind) => sum + (counts.get(`${requestId} ${kind}`) ?? 0), 0) !== 1;
  });
  assert.deepEqual(uncounted, [], 'wrong codes that are not in the log once');
  return done.length;
}

/** Rule 4: the steps of a device go up, so no code is accepted twice. */
function expectCodesOnce(rows: readonly StoredRow[]): number {
  const last = new Map<string, number>();
  const accepting = rows.filter(({ type }) => ACCEPTING.has(type));
  for (const { data, type } of accepting) {
    const device = String(data.deviceId ?? data.newDeviceId);
    assert.ok(data.timeStep > (last.get(device) ?? -1), `${type}: a code was accepted twice`);
    last.set(device, data.timeStep);
  }
  return accepting.length;
}

/** Rule 5: five failures to a challenge, ten in a row to a lock. */
function expectBudgets(rows: readonly StoredRow[]): void {
  const failed = rows.filter(({ type }) => type === 'MfaCodeRejected');
  const over = [...countBy(failed, ({ data }) => data.challengeId)].filter(([, count]) => count > 5);
  assert.deepEqual(over, [], 'challenges that took more than five wrong codes');
  const locks = rows.filter(({ type }) => type === 'MfaLocked');
  for (const { data } of locks) assert.equal(data.consecutiveFailures % 10, 0, 'a lock that came too early or late');
}

const DESTROYING = new Set([...Object.keys(ENDS_A_SEED), ...['PasswordChanged', 'PasswordReset', 'UserDeleted']]);

function reactionTo({ id }: StoredRow): string {
  return `reaction-destroySecrets-${id}`;
}

/** Waits until every event that asks for a reaction has had one. */
export async function reactionsDone(place: LogPlace): Promise<void> {
  await eventually(async () => {
    const rows = await storedEvents(place);
    const done = new Set(rows.filter(({ type }) => type === 'ReactionDone').map(({ stream }) => stream));
    const open = rows.filter((row) => DESTROYING.has(row.type) && !done.has(reactionTo(row)));
    assert.deepEqual(
      open.map(({ type, id }) => ({ type, id })),
      [],
      'events without their reaction',
    );
  });
}

/** Reactions are carried through once; a second node takes one on only where the first was disturbed. */
function expectReactions(rows: readonly StoredRow[], disturbances: readonly Disturbance[]) {
  const done = rows.filter(({ type }) => type === 'ReactionDone');
  assert.deepEqual(twice(countBy(done, ({ stream }) => stream)), [], 'reactions that were carried through twice');
  const claims = rows.filter(({ type }) => type === 'ReactionClaimed');
  const takenOver = twice(countBy(claims, ({ stream }) => stream));
  const calm = takenOver.filter((stream) => {
    const at = claims.find((claim) => claim.stream === stream)?.metadata.occurredAt as string;
    return !disturbances.some(({ from, to }) => from <= at && at <= to);
  });
  assert.deepEqual(calm, [], 'reactions that were taken over though nothing was disturbed');
  const destroyed = rows.filter(({ type }) => type === 'MfaSecretDestroyed');
  const ended = rows.filter(({ type }) => type in ENDS_A_SEED);
  assert.deepEqual(
    destroyed.map(({ data }) => data.deviceId as string).sort(),
    ended.map(({ type, data }) => data[ENDS_A_SEED[type] ?? ''] as string).sort(),
    'seeds that were to be destroyed, and were',
  );
  return { reactions: done.length, takenOver: takenOver.length, ended: destroyed };
}

/** Looks at a log in which nothing happens any more: it holds what was acknowledged, once, and no rule was broken. */
export async function judgeLog(
  place: LogPlace,
  { ledger, disturbances }: { readonly ledger: Ledger; readonly disturbances: readonly Disturbance[] },
): Promise<LogVerdict> {
  await reactionsDone(place);
  const rows = await storedEvents(place);
  expectStreams(rows);
  expectBudgets(rows);
  const { ended, ...reactions } = expectReactions(rows, disturbances);
  const gone = new Set(ended.map(({ data }) => data.deviceId as string));
  const left = (await heldSecrets(place)).filter(
    ({ kind, id, destroyed }) => kind === 'seed' && gone.has(id) && !destroyed,
  );
  assert.deepEqual(
    left.map(({ id }) => id),
    [],
    'seeds of devices that are not in use any more',
  );
  const acknowledged = expectOnce(rows, ledger);
  return { events: rows.length, acknowledged, codes: expectCodesOnce(rows), ...reactions };
}
