import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projections } from '../../src/projections/read-models.js';
import type { Client, Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { playJourney, type Journey } from '../support/journey.js';
import { ask, errorOf, mutate, USER } from '../support/operations.js';
import { fresh, primary, register, signIn } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { appendPast } from '../support/stored.js';

let service: TestService;

beforeEach(async () => {
  service = await startService();
});

afterEach(() => service.dispose());

async function ready(): Promise<{ readonly status: number; readonly body: Loose }> {
  const response = await fetch(service.url.replace('/graphql', '/health/ready'));
  return { status: response.status, body: (await response.json()) as Loose };
}

const EVERYTHING = `{ viewer { stage acr user { ${USER} } }
  users(last: 100) { edges { cursor } nodes { ${USER} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
  auditEvents(first: 100) { edges { cursor node { id seq type category occurredAt outcome reason sessionId ip userAgent
    requestId summary actor { kind id name } subject { id name } device { id name } } } pageInfo { endCursor } }
  mfaCoverage { users enabled required overdue } exposures { edges { cursor node { id cause openedAt ending endedAt
    user { id name } openedBy { id type actor { kind id name } } endedBy { id type actor { kind id name } } } } } }`;

/** Everything that is shown to those who read the account. */
async function everything({ primary: ada, sam }: Journey): Promise<Loose[]> {
  return [await ask(ada, EVERYTHING), await ask(sam, EVERYTHING)];
}

/** The same clients, talking to the service where it listens now. */
function moved(client: Client): Client {
  const again = service.client();
  again.token = client.token;
  return again;
}

function removeReadModels(): void {
  const files = readdirSync(service.folder).filter((name) => name.startsWith('read-models.db'));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) rmSync(join(service.folder, file));
}

it('read models that were deleted are built anew, with equal answers', async () => {
  const journey = await playJourney(service, { erasing: true });
  const before = await everything(journey);
  expect(before[0].auditEvents.edges.length).toBeGreaterThan(50);
  expect(before[0].exposures.edges.length).toBeGreaterThan(0);
  await service.stop();
  removeReadModels();
  await service.restart();
  await service.ready();
  // By then everything is there.
  expect(await ready()).toMatchObject({ status: 200, body: { status: 'ready' } });
  const after = await everything({ ...journey, primary: moved(journey.primary), sam: moved(journey.sam) });
  expect(after).toStrictEqual(before);
});

it('a service that stops and starts answers as before, and goes on', async () => {
  const journey = await playJourney(service);
  const before = await everything(journey);
  await service.restart();
  await service.ready();
  const ada = moved(journey.primary);
  expect(await everything({ ...journey, primary: ada, sam: moved(journey.sam) })).toStrictEqual(before);
  const outcome = await mutate(ada, 'createSubUser', { username: fresh('sam'), password: fresh('a password') });
  expect(outcome.refusal).toBeNull();
});

it('read models come back after their file was damaged, or the operator is told in a sentence', async () => {
  const journey = await playJourney(service);
  await service.stop();
  removeReadModels();
  writeFileSync(
    join(service.folder, 'read-models.db'),
    'this is no database, and long enough to be taken for one '.repeat(99),
  );
  const started = await service.restart().then(
    () => null,
    (error: unknown) => error as Error & { code?: string },
  );
  if (started === null) expect(await ask(moved(journey.primary), '{ viewer { stage } }')).toBeTruthy();
  else expect(started).toMatchObject({ code: 'UNREADABLE_FILE', message: expect.stringContaining('read-models.db') });
});

it('an event that cannot be read stops the read models there, and nothing is skipped, not by a restart either', async () => {
  const { account, client } = await primary(service, 'BEARER');
  const before = await ask(client, '{ auditEvents { nodes { id } } users { nodes { id } } }');
  const poison = { accountId: account.accountId, userId: 'somebody' };
  await appendPast(service, 'user-somebody', 'UserTransmogrified', poison);
  await eventually(async () => expect(await ready()).toMatchObject({ status: 503 }));
  const later = await register(service);
  await signIn(service, later);

  for (let start = 0; start < 2; start += 1) {
    const { status, body } = await ready();
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: 'not ready' });
    expect(body.reasons).toHaveLength(projections.length);
    expect(body.reasons.join()).toContain('UserTransmogrified');
    const shown = await moved(client).send('{ auditEvents { nodes { id } } users { nodes { id } } }');
    // What was there before goes on being shown for a while; read models that were never whole are not shown at all.
    if (start === 0) expect(shown.body.data).toStrictEqual(before);
    else expect(shown.body).toMatchObject({ data: { auditEvents: null, users: null } });
    expect(errorOf(shown)).toBe(start === 0 ? null : 'UNAVAILABLE');
    const answer = await moved(client).send(
      'mutation { unlockUser(input: { userId: "somebody" }) { userErrors { code } } }',
    );
    expect(errorOf(answer)).toBe('UNAVAILABLE');
    if (start === 0) {
      await service.stop();
      removeReadModels();
      await service.restart();
      await eventually(async () => expect((await ready()).body.reasons).toHaveLength(projections.length));
    }
  }
});
