import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../../src/application/application.js';
import { load } from '../../src/application/execute.js';
import { ownedId } from '../../src/application/owned-id.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import { instantOf } from '../../src/domain/instant.js';
import { streamName } from '../../src/domain/stream.js';
import { userDecider } from '../../src/domain/user/decider.js';
import { tokenOf } from '../../test/support/world.js';
import { bar } from '../framework/progress.js';
import type { Telling } from '../jobs/job.js';
import { createUser, registerAccount, type SeededUser } from './accounts.js';
import { buildReadModels, catchUpReactions, openApplication } from './application.js';
import { envelopeOf } from './envelope.js';
import { SEEDED_AT, seedClock } from './time.js';

export interface OldStreamsParams {
  readonly folder: string;
  /** How many events the MFA stream of each user has. */
  readonly lengths: readonly number[];
}

/** Between two codes. */
const INTERVAL = 240_000;
const LONG_AGO = SEEDED_AT - 300 * 86_400_000;

/** A device that was enabled, used for long, and disabled: so many events. */
function lifeOfDevice(app: Application, ids: { accountId: string; userId: string }, length: number): DomainEvent[] {
  const device = { ...ids, deviceId: ownedId(app, ids.userId) };
  const used = Array.from({ length: length - 3 }, (_, index): DomainEvent => {
    const attempt = { ...device, purpose: 'SIGN_IN', challengeId: `session-${index}` } as const;
    return { type: 'MfaCodeAccepted', data: { ...attempt, timeStep: 1_000_000 + index }, personal: null };
  });
  const started = {
    ...device,
    expiresAt: instantOf(LONG_AGO),
    verifiedBy: 'SIGN_IN_PASSWORD',
    challengeId: null,
  } as const;
  return [
    { type: 'MfaEnrollmentStarted', data: started, personal: { deviceName: 'Old phone' } },
    { type: 'MfaEnabled', data: { ...device, timeStep: 1 }, personal: null },
    ...used,
    { type: 'MfaDisabled', data: { ...device, by: 'SELF', challengeId: 'a-challenge' }, personal: null },
  ];
}

type Aged = SeededUser & { readonly length: number };

/** Gives a user an MFA stream of so many events. */
export async function age(app: Application, user: Aged, tell: Telling): Promise<void> {
  const { length } = user;
  const { state } = await load(app, userDecider, user.userId);
  if (state.status !== 'ACTIVE') throw new Error('a user who was created is not active');
  const { accountId, userId, personId } = state;
  const author = { userId, personId, ip: '192.0.2.7' };
  const events = lifeOfDevice(app, { accountId, userId }, length);
  for (const [version, event] of events.entries()) {
    const occurredAt = instantOf(LONG_AGO + version * INTERVAL);
    const envelope = envelopeOf(app, author, { occurredAt, sessionId: null, events: 1 });
    await app.log.append(streamName('mfa', userId), version, [event], envelope);
    if (version % 1_000 === 0) tell.progress(`a stream of ${length} events ${bar(version, length)}`);
  }
}

/** Seeds users whose MFA streams are old, and signs them in. */
export async function seedOldStreams({ folder, lengths }: OldStreamsParams, tell: Telling): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const seeding = await openApplication(folder, seedClock().now);
  const { app } = seeding;
  const account = await registerAccount(app, 'acme');
  const withoutDevice: string[] = [];
  for (const [index, length] of lengths.entries()) {
    const user = await createUser(app, account, `old-${index}`);
    await age(app, { ...user, length }, tell);
    withoutDevice.push(await tokenOf(app, user));
  }
  await catchUpReactions(seeding, tell);
  await buildReadModels(seeding, {
    path: join(folder, 'read-models.db'),
    onProgress: (position, head) => tell.progress(`read models ${bar(Number(position), Number(head))}`),
  });
  await seeding.close();
  writeFileSync(join(folder, 'people.json'), JSON.stringify({ seededAt: SEEDED_AT, withDevice: [], withoutDevice }));
}
