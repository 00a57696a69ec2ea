import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../../src/application/application.js';
import { authenticate } from '../../src/application/authenticate.js';
import { load } from '../../src/application/execute.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import { instantOf } from '../../src/domain/instant.js';
import { sessionDecider } from '../../src/domain/session/decider.js';
import { streamName } from '../../src/domain/stream.js';
import { requestContext, sessionIdOf, tokenOf } from '../../test/support/world.js';
import { bar } from '../framework/progress.js';
import type { Telling } from '../jobs/job.js';
import type { Attacked, Attacker } from '../load/attacked-file.js';
import { createUser, forNumbers, registerAccount, type SeededAccount, type SeededUser } from './accounts.js';
import { buildReadModels, catchUpReactions, openApplication } from './application.js';
import { envelopeOf } from './envelope.js';
import { age } from './old-streams.js';
import { enabled, ENABLED_BEFORE } from './people.js';
import { SEEDED_AT, seedClock } from './time.js';

export interface AttackedParams {
  readonly folder: string;
  /** Users with a device and a session, each in an account of its own. */
  readonly viewers: number;
  /** Accounts whose primary attacks. */
  readonly attackers: number;
  /** Users in each of these accounts, and open sessions of each user. */
  readonly usersEach: number;
  readonly sessionsEach: number;
  /** Sessions that have ended, and how many challenges were opened in each. */
  readonly endedSessions: number;
  readonly challenges: number;
  /** Events in the MFA stream of one user. */
  readonly oldStream: number;
}

/** Events that are appended at once. */
const BATCH = 500;

async function sessionOf(app: Application, token: string) {
  const { current } = await authenticate(app, requestContext(), token);
  if (current === null) throw new Error('a session that has just begun is over');
  return current;
}

/** Opens so many challenges in a session, as releases without a bound allowed it, and ends the session. */
async function endAfterChallenges(app: Application, token: string, challenges: number): Promise<string> {
  const sessionId = sessionIdOf(token);
  const { user, session } = await sessionOf(app, token);
  const { accountId, userId } = session;
  const author = { userId, personId: user.personId, ip: '192.0.2.8' };
  const opened = Array.from({ length: challenges }, (): DomainEvent => {
    const about = {
      accountId,
      userId,
      challengeId: app.newId(),
      operation: 'DISABLE_MFA',
      argumentsDigest: 'a-digest',
    };
    const data = { ...about, methods: ['PASSWORD'], expiresAt: instantOf(SEEDED_AT + 300_000) };
    return { type: 'OperationChallenged', data, personal: null } as DomainEvent;
  });
  const ended: DomainEvent = {
    type: 'SessionEnded',
    data: { accountId, userId, reason: 'SIGNED_OUT' },
    personal: null,
  };
  const events = [...opened, ended];
  let { version } = await load(app, sessionDecider, sessionId);
  for (let from = 0; from < events.length; from += BATCH) {
    const batch = events.slice(from, from + BATCH);
    const occasion = { occurredAt: instantOf(SEEDED_AT), sessionId, events: batch.length };
    await app.log.append(streamName('session', sessionId), version, batch, envelopeOf(app, author, occasion));
    version += batch.length;
  }
  return sessionId;
}

/** An account of many users with sessions; its primary attacks. */
async function attacker(app: Application, account: SeededAccount, params: AttackedParams) {
  const users: SeededUser[] = [];
  await forNumbers(params.usersEach, async (index) => {
    const user = await createUser(app, account, `member-${index}`);
    users.push(user);
    for (let turn = 0; turn < params.sessionsEach; turn += 1) await tokenOf(app, user);
  });
  const { session } = await sessionOf(app, account.primary);
  return { users, attacker: { token: account.primary, userId: session.userId } satisfies Attacker };
}

async function seedAttackers(app: Application, params: AttackedParams, tell: Telling) {
  const attackers: Attacker[] = [];
  const endedSessions: string[] = [];
  let oldUserId = '';
  for (let index = 0; index < params.attackers; index += 1) {
    tell.progress(`seeding attackers ${bar(index, params.attackers)}`);
    const account = await registerAccount(app, `mallory-${index}`);
    const made = await attacker(app, account, params);
    attackers.push(made.attacker);
    const [user] = made.users;
    if (index > 0 || user === undefined) continue;
    for (let turn = 0; turn < params.endedSessions; turn += 1)
      endedSessions.push(await endAfterChallenges(app, await tokenOf(app, user), params.challenges));
    await age(app, { ...user, length: params.oldStream }, tell);
    oldUserId = user.userId;
  }
  return { attackers, endedSessions, oldUserId };
}

/** Seeds accounts that are looked at, and others whose primaries attack. */
export async function seedAttacked(params: AttackedParams, tell: Telling): Promise<void> {
  const { folder } = params;
  mkdirSync(folder, { recursive: true });
  const clock = seedClock();
  clock.put(SEEDED_AT - ENABLED_BEFORE);
  const seeding = await openApplication(folder, clock.now);
  const { app } = seeding;
  const viewers: SeededAccount[] = [];
  for (let index = 0; index < params.viewers; index += 1) viewers.push(await registerAccount(app, `acme-${index}`));
  const people = [];
  for (const [index, account] of viewers.entries())
    people.push(await enabled({ app, clock, accounts: [account] }, index));
  clock.put(SEEDED_AT);
  const found = await seedAttackers(app, params, tell);
  await catchUpReactions(seeding, tell);
  await buildReadModels(seeding, {
    path: join(folder, 'read-models.db'),
    onProgress: (position, head) => tell.progress(`read models ${bar(Number(position), Number(head))}`),
  });
  await seeding.close();
  const withDevice = people.map(({ user: _, ...person }) => ({ ...person, challenges: [] }));
  const attacked: Attacked = { seededAt: SEEDED_AT, withDevice, withoutDevice: [], ...found };
  writeFileSync(join(folder, 'people.json'), JSON.stringify(attacked));
}
