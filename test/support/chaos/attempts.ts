import { strict as assert } from 'node:assert';
import { createClient } from '../client.js';
import type { ClusterNode } from '../cluster/node.js';
import { anyNode, type Scene } from '../cluster/people.js';
import { Lost, Refused } from '../cluster/visitor.js';
import { errorOf, mutate, type Outcome } from '../operations.js';
import { fresh, type Credentials, type SubUser } from '../people.js';

/** A sub-user that was to be created, and what was said of it. */
export interface Attempt extends Credentials {
  /** `NOT_DONE`: the service said that nothing was done; `UNKNOWN`: that it cannot tell; `UNANSWERED`: nothing. */
  end: 'DONE' | 'NOT_DONE' | 'UNKNOWN' | 'UNANSWERED';
  userId: string | null;
}

/** What became of attempts that nobody knew the end of. */
export interface Settled {
  readonly unanswered: number;
  /** Found to be done as a whole. */
  readonly foundDone: number;
  /** Found not to be done at all: the name is free, and was used for the same person then. */
  readonly foundUndone: number;
  /** The service had said that nothing was done, and nothing was. */
  readonly refusedUndone: number;
}

function endOf({ refusal, answer }: Outcome): Attempt['end'] {
  if (refusal === null) return 'DONE';
  return String(answer.body?.errors?.[0]?.message).includes('nothing was done') ? 'NOT_DONE' : 'UNKNOWN';
}

async function create(scene: Scene, node: ClusterNode, { username, password }: Credentials): Promise<Outcome> {
  const { ledger, owner } = scene;
  const client = createClient(node.url());
  client.token = owner.visitor.token;
  ledger.noteRequest();
  const input = { username, password, role: 'MEMBER' };
  const outcome = await mutate(client, 'createSubUser', input).catch((error: unknown) => {
    ledger.noteLost();
    throw new Lost(`createSubUser at ${node.name} was not answered`, { cause: error });
  });
  const requestId = outcome.answer.headers.get('x-request-id') ?? '';
  ledger.note({ requestId, name: 'createSubUser', refusal: outcome.refusal });
  return outcome;
}

/** Has the owner create a sub-user; what was said of it is kept among the attempts. */
export async function attemptMember(scene: Scene, attempts: Attempt[]): Promise<SubUser> {
  const [username, password] = [fresh('sam'), fresh('battery staple')];
  const account = scene.owner.account.alias;
  const node = anyNode(scene);
  const attempt: Attempt = { account, username, password, end: 'UNANSWERED', userId: null };
  attempts.push(attempt);
  const outcome = await create(scene, node, attempt);
  attempt.end = endOf(outcome);
  if (errorOf(outcome.answer) === 'UNAVAILABLE') throw new Lost(`createSubUser at ${node.name} was not possible`);
  if (outcome.payload === null || outcome.refusal !== null) throw new Refused('createSubUser', outcome.refusal);
  // Done, and not shown yet: the read models of its node have not come so far.
  if (outcome.payload.user === null) throw new Lost('createSubUser was done, and its user cannot be shown');
  attempt.userId = String(outcome.payload.user.id);
  return { account, username, password, userId: attempt.userId };
}

async function canSignIn(scene: Scene, { account, username, password }: Credentials): Promise<boolean> {
  const client = createClient(anyNode(scene).url());
  const outcome = await mutate(client, 'signIn', { account, username, password, transport: 'BEARER' });
  if (outcome.refusal === null) return true;
  assert.equal(outcome.refusal, 'SIGN_IN_FAILED', 'somebody whose creation was not answered');
  return false;
}

/** What became of one attempt; makes up for it if it was not done. */
async function settleOne(scene: Scene, attempt: Attempt): Promise<keyof Settled> {
  const done = await canSignIn(scene, attempt);
  const said = attempt.end === 'NOT_DONE';
  if (said) assert.equal(done, false, 'the service said that nothing was done, and it was');
  if (done) return 'foundDone';
  const { refusal } = await create(scene, anyNode(scene), attempt);
  assert.equal(refusal, null, 'a name of somebody who was never created is free');
  assert.ok(await canSignIn(scene, attempt), 'who was created at the second try can sign in');
  return said ? 'refusedUndone' : 'foundUndone';
}

const AT_ONCE = 8;

/** Finds out, as a client would, what became of attempts: each is there as a whole, or can be made as if it had never been. */
export async function settle(scene: Scene, attempts: readonly Attempt[]): Promise<Settled> {
  const open = attempts.filter(({ end }) => end !== 'DONE');
  const unanswered = open.filter(({ end }) => end !== 'NOT_DONE').length;
  const counts = { unanswered, foundDone: 0, foundUndone: 0, refusedUndone: 0 };
  const settleNext = async (): Promise<void> => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) counts[await settleOne(scene, next)] += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, settleNext));
  return counts;
}
