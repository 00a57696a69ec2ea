import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../../src/application/application.js';
import { bar } from '../framework/progress.js';
import type { Telling } from '../jobs/job.js';
import type { ProtectedPerson } from '../load/people-file.js';
import { sendEnabling, tokenOf, trySetUp, valueOf } from '../../test/support/world.js';
import { createUser, forNumbers, registerAccount, type SeededAccount, type SeededUser } from './accounts.js';
import { buildReadModels, catchUpReactions, openApplication } from './application.js';
import { SEEDED_AT, seedClock, type SeedClock } from './time.js';

export interface PeopleParams {
  readonly folder: string;
  /** Users with a device. */
  readonly withDevice: number;
  /** Sessions of each of them that owe a code; at most 3, one for each code that is taken at a time. */
  readonly challenges: number;
  /** Users without a device, signed in. */
  readonly withoutDevice: number;
}

/** Users in one account. */
const ACCOUNT_SIZE = 500;
/** So long before they sign in again their devices are enabled: the codes of then are not those of now. */
export const ENABLED_BEFORE = 180_000;

interface Seeding {
  readonly app: Application;
  readonly clock: SeedClock;
  readonly accounts: readonly SeededAccount[];
}

function user({ app, accounts }: Seeding, name: string, index: number): Promise<SeededUser> {
  const account = accounts[Math.floor(index / ACCOUNT_SIZE) % accounts.length];
  if (account === undefined) throw new Error('there is no account');
  return createUser(app, account, `${name}-${index}`);
}

type Enabled = Omit<ProtectedPerson, 'challenges'> & { readonly user: SeededUser };

/** A user of one of the accounts, with a device that has just been enabled. */
export async function enabled(seeding: Seeding, index: number): Promise<Enabled> {
  const { app, clock } = seeding;
  const names = await user(seeding, 'protected', index);
  const token = await tokenOf(app, names);
  const { enrollmentId, authenticator } = valueOf(await trySetUp({ app, clock }, token));
  const { issued } = valueOf(await sendEnabling(app, token, { enrollmentId, code: authenticator.code() }));
  const { account, username, password } = names;
  const secret = authenticator.totp.secret.base32;
  return { user: names, account, username, password, secret, full: issued?.token ?? token };
}

async function challenged({ app }: Seeding, { user: names, ...person }: Enabled, challenges: number) {
  const tokens: string[] = [];
  for (let turn = 0; turn < challenges; turn += 1) tokens.push(await tokenOf(app, names));
  return { ...person, challenges: tokens };
}

async function seed(seeding: Seeding, params: PeopleParams, tell: Telling) {
  const all = 2 * params.withDevice + params.withoutDevice;
  let done = 0;
  const step = () => {
    done += 1;
    if (done % 50 === 0) tell.progress(`seeding people ${bar(done, all)}`);
  };
  const people: Enabled[] = [];
  seeding.clock.put(SEEDED_AT - ENABLED_BEFORE);
  await forNumbers(params.withDevice, async (index) => {
    people.push(await enabled(seeding, index));
    step();
  });
  seeding.clock.put(SEEDED_AT);
  const withDevice: ProtectedPerson[] = [];
  await forNumbers(people.length, async (index) => {
    const person = people[index];
    if (person !== undefined) withDevice.push(await challenged(seeding, person, params.challenges));
    step();
  });
  const withoutDevice: string[] = [];
  await forNumbers(params.withoutDevice, async (index) => {
    withoutDevice.push(await tokenOf(seeding.app, await user(seeding, 'plain', index)));
    step();
  });
  return { seededAt: SEEDED_AT, withDevice, withoutDevice };
}

/** Seeds a log with people through the application's own commands, builds its read models, and notes who they are. */
export async function seedPeople(params: PeopleParams, tell: Telling): Promise<void> {
  const { folder } = params;
  mkdirSync(folder, { recursive: true });
  const clock = seedClock();
  clock.put(SEEDED_AT - ENABLED_BEFORE);
  const seeding = await openApplication(folder, clock.now);
  const { app } = seeding;
  const accounts: SeededAccount[] = [];
  const users = params.withDevice + params.withoutDevice;
  for (let index = 0; index < Math.ceil(users / ACCOUNT_SIZE); index += 1) {
    accounts.push(await registerAccount(app, `acme-${index}`));
  }
  const people = await seed({ app, clock, accounts }, params, tell);
  await catchUpReactions(seeding, tell);
  await buildReadModels(seeding, {
    path: join(folder, 'read-models.db'),
    onProgress: (position, head) => tell.progress(`read models ${bar(Number(position), Number(head))}`),
  });
  await seeding.close();
  writeFileSync(join(folder, 'people.json'), JSON.stringify(people));
}
