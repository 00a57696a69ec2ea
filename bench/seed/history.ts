import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../../src/application/application.js';
import { load } from '../../src/application/execute.js';
import { userDecider } from '../../src/domain/user/decider.js';
import { DAY, instantOf } from '../../src/domain/instant.js';
import { streamName } from '../../src/domain/stream.js';
import { sendEnabling, tokenOf, trySetUp, valueOf } from '../../test/support/world.js';
import { bar } from '../framework/progress.js';
import type { Telling } from '../jobs/job.js';
import { createUser, forNumbers, registerAccount, type SeededAccount } from './accounts.js';
import { buildReadModels, catchUpReactions, openApplication, PASSWORD } from './application.js';
import type { History, NamedFilter } from './history-file.js';
import { SEEDED_AT, seedClock, type SeedClock } from './time.js';
import { visit, type Visitor } from './visits.js';

export interface HistoryParams {
  readonly folder: string;
  readonly events: number;
}

const VISITORS = 200;
/** Comes once in a thousand visits: an actor whom a filter finds seldom. */
const RARE_VISITOR_EVERY = 1_000;
const SPAN = 90 * DAY;

interface Seeding {
  readonly app: Application;
  readonly clock: SeedClock;
  readonly account: SeededAccount;
  readonly events: number;
}

async function visitorOf({ app, clock, account }: Seeding, index: number): Promise<Visitor> {
  const user = await createUser(app, account, `visitor-${index}`);
  const token = await tokenOf(app, user);
  const { enrollmentId, authenticator } = valueOf(await trySetUp({ app, clock }, token));
  valueOf(await sendEnabling(app, token, { enrollmentId, code: authenticator.code() }));
  const { state } = await load(app, userDecider, user.userId);
  if (state.status !== 'ACTIVE') throw new Error('a user who was created is not active');
  const versions = new Map<string, number>([[streamName('mfa', user.userId), 2]]);
  const { accountId } = account;
  return {
    accountId,
    userId: user.userId,
    personId: state.personId,
    deviceId: enrollmentId,
    ip: `192.0.2.${index}`,
    versions,
  };
}

/** Visits in turn, one of each visitor at a time, spread evenly over the span. */
async function writeVisits({ app, events }: Seeding, visitors: readonly Visitor[], tell: Telling) {
  const [rare, ...frequent] = visitors;
  if (rare === undefined) throw new Error('there is nobody');
  let written = 0;
  let number = 0;
  const one = async (visitor: Visitor) => {
    number += 1;
    const count = await visit(app, visitor, { at: SEEDED_AT + SPAN * (written / events), number });
    written += count;
  };
  while (written < events) {
    if (number % RARE_VISITOR_EVERY < frequent.length) await one(rare);
    await Promise.all(frequent.map(one));
    tell.progress(`writing ${events} events ${bar(written, events)}`);
  }
}

function filtersOf(visitors: readonly Visitor[]): readonly NamedFilter[] {
  const [rare, frequent] = visitors.map(({ userId }) => userId);
  const at = (share: number) => instantOf(SEEDED_AT + SPAN * share);
  const users = { rare: rare ?? '', frequent: frequent ?? '' };
  return [
    { name: 'none', filter: {} },
    { name: 'type', filter: { types: ['MfaCodeRejected'] } },
    { name: 'types', filter: { types: ['MfaCodeAccepted', 'SessionStarted', 'PasswordRejected'] } },
    { name: 'rare type', filter: { types: ['MfaEnabled'] } },
    { name: 'absent type', filter: { types: ['MfaUnlocked'] } },
    { name: 'actor', filter: { actorId: users.frequent } },
    { name: 'rare actor', filter: { actorId: users.rare } },
    { name: 'subject', filter: { subjectId: users.frequent } },
    { name: 'success', filter: { outcome: 'SUCCESS' } },
    { name: 'failure', filter: { outcome: 'FAILURE' } },
    { name: 'time', filter: { since: at(0.45), until: at(0.55) } },
    { name: 'short time', filter: { since: at(0.5), until: at(0.5001) } },
    { name: 'type in a time', filter: { types: ['MfaCodeRejected'], since: at(0.2), until: at(0.3) } },
    { name: 'failure in a time', filter: { outcome: 'FAILURE', since: at(0.1), until: at(0.9) } },
    { name: 'subject and type', filter: { subjectId: users.frequent, types: ['MfaCodeRejected'] } },
    { name: 'rare actor in a time', filter: { actorId: users.rare, since: at(0.3), until: at(0.7) } },
    {
      name: 'actor, outcome and type',
      filter: { actorId: users.frequent, outcome: 'FAILURE', types: ['MfaCodeRejected'] },
    },
    { name: 'actor without a match', filter: { actorId: users.frequent, types: ['MfaEnabled'], outcome: 'FAILURE' } },
  ];
}

async function write({ folder, events }: HistoryParams, tell: Telling): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const clock = seedClock();
  const { app, close } = await openApplication(unfinished, clock.now);
  const seeding = { app, clock, events, account: await registerAccount(app, 'acme') };
  const visitors: Visitor[] = [];
  await forNumbers(VISITORS, async (index) => {
    visitors.push(await visitorOf(seeding, index));
  });
  await writeVisits(seeding, visitors, tell);
  await close();
  const { accountId, email } = seeding.account;
  const history: History = { accountId, email, password: PASSWORD, events, filters: filtersOf(visitors) };
  writeFileSync(join(unfinished, 'history.json'), JSON.stringify(history));
  renameSync(unfinished, folder);
}

/** Writes a long history of one account, once, and brings its read models up to this release; what was interrupted goes on. */
export async function seedHistory(params: HistoryParams, tell: Telling): Promise<void> {
  if (!existsSync(params.folder)) await write(params, tell);
  const seeding = await openApplication(params.folder, seedClock().now);
  await catchUpReactions(seeding, tell);
  await buildReadModels(seeding, {
    path: join(params.folder, 'read-models.db'),
    onProgress: (position, head) =>
      tell.progress(`read models of ${params.events} events ${bar(Number(position), Number(head))}`),
  });
  await seeding.close();
}
