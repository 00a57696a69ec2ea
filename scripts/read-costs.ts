import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../src/application/application.js';
import { load } from '../src/application/execute.js';
import { ownedId } from '../src/application/owned-id.js';
import { readConfig } from '../src/config.js';
import type { DomainEvent } from '../src/domain/catalogue.js';
import { DAY, instantOf } from '../src/domain/instant.js';
import { streamName } from '../src/domain/stream.js';
import { userDecider } from '../src/domain/user/decider.js';
import { start } from '../src/service.js';
import { createUser, forNumbers, registerAccount, type SeededUser } from '../bench/seed/accounts.js';
import { buildReadModels, catchUpReactions, openApplication } from '../bench/seed/application.js';
import { envelopeOf } from '../bench/seed/envelope.js';
import { SEEDED_AT, seedClock } from '../bench/seed/time.js';
import { visit, type Visitor } from '../bench/seed/visits.js';
import { createClient, type Client } from '../test/support/client.js';
import { errorOf } from '../test/support/operations.js';
import { PRODUCTION } from '../test/support/service.js';
import { UNLIMITED } from '../test/support/unlimited.js';

// What the fields that read cost, in points of 0.1 ms: `npm run bench:read-costs -- [folder]`. The weights in
// src/graphql/costs and on the fields follow from it; docs/limits.md has them.
const FOLDER = process.argv[2] ?? 'bench/.cache/read-costs';
const USERS = 10_000;
const VISITORS = 100;
const EVENTS = 100_000;
const STALE_SESSIONS = 5_000;
const LONG_STREAM = 10_000;
const ROUNDS = 12;

interface Seeded {
  readonly token: string;
  /** A user with an MFA stream of 10,000 events and 5,000 sessions that nobody signed out of. */
  readonly heavy: string;
  readonly light: string;
}

async function visitorOf(app: Application, accountId: string, user: SeededUser, ip: string): Promise<Visitor> {
  const { state } = await load(app, userDecider, user.userId);
  if (state.status !== 'ACTIVE') throw new Error('a user who was created is not active');
  const { userId, personId } = state;
  const deviceId = ownedId(app, userId);
  return { accountId, userId, personId, deviceId, ip, versions: new Map() };
}

/** A device, and codes of it: as many events as are wanted. */
async function writeMfa(app: Application, visitor: Visitor, length: number): Promise<void> {
  const device = { accountId: visitor.accountId, userId: visitor.userId, deviceId: visitor.deviceId };
  const started = { ...device, expiresAt: instantOf(SEEDED_AT), verifiedBy: 'SIGN_IN_PASSWORD', challengeId: null };
  const codes = Array.from({ length: length - 2 }, (_, index): DomainEvent => {
    const attempt = { ...device, purpose: 'SIGN_IN', challengeId: 'challenge' } as const;
    return { type: 'MfaCodeAccepted', data: { ...attempt, timeStep: 1_000 + index }, personal: null };
  });
  const events = [
    { type: 'MfaEnrollmentStarted', data: started, personal: { deviceName: 'Phone' } } as DomainEvent,
    { type: 'MfaEnabled', data: { ...device, timeStep: 1 }, personal: null } as DomainEvent,
    ...codes,
  ];
  for (const [version, event] of events.entries()) {
    const occurredAt = instantOf(SEEDED_AT - 100 * DAY + version);
    const envelope = envelopeOf(app, visitor, { occurredAt, sessionId: null, events: 1 });
    await app.log.append(streamName('mfa', visitor.userId), version, [event], envelope);
  }
  visitor.versions.set(streamName('mfa', visitor.userId), events.length);
}

async function writeStaleSessions(app: Application, { accountId, userId, ...visitor }: Visitor): Promise<void> {
  const data = {
    ...{ accountId, userId, factors: ['PASSWORD'], secretDigest: 'digest', transport: 'COOKIE' },
    ...{ userVersion: 1, mfaVersion: 2 },
  };
  await forNumbers(STALE_SESSIONS, async (index) => {
    const occurredAt = instantOf(SEEDED_AT - 90 * DAY + index * 60_000);
    const sessionId = app.newId();
    const envelope = envelopeOf(app, { userId, ...visitor }, { occurredAt, sessionId, events: 1 });
    const event = { type: 'SessionStarted', data, personal: null } as unknown as DomainEvent;
    await app.log.append(streamName('session', sessionId), 0, [event], envelope);
  });
}

async function seed(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const clock = seedClock();
  const seeding = await openApplication(FOLDER, clock.now);
  const { app } = seeding;
  const account = await registerAccount(app, 'acme');
  const { accountId, primary: token } = account;
  const visitors: Visitor[] = [];
  await forNumbers(USERS, async (index) => {
    const user = await createUser(app, account, `user-${index}`);
    if (visitors.length < VISITORS) visitors.push(await visitorOf(app, accountId, user, `192.0.2.${index % 250}`));
  });
  for (const [index, visitor] of visitors.entries()) await writeMfa(app, visitor, index === 0 ? LONG_STREAM : 10);
  const [heavy, light] = visitors;
  if (heavy === undefined || light === undefined) throw new Error('there is nobody');
  await writeStaleSessions(app, heavy);
  for (let written = 0, number = 0; written < EVENTS; number += 1) {
    for (const visitor of visitors.slice(1))
      written += await visit(app, visitor, { at: SEEDED_AT - 80 * DAY + (80 * DAY * written) / EVENTS, number });
    process.stderr.write(`\r${written} events`);
  }
  await catchUpReactions(seeding, { progress: () => undefined } as never);
  await buildReadModels(seeding, { path: join(FOLDER, 'read-models.db') });
  await seeding.close();
  const seeded: Seeded = { token, heavy: heavy.userId, light: light.userId };
  writeFileSync(join(FOLDER, 'seeded.json'), JSON.stringify(seeded));
}

const PAGE = 'pageInfo { hasNextPage }';
const USER = `id kind role username displayName email createdAt operationProtection account { id alias }
  mfa { enabled required requiredFrom deviceId deviceName enabledAt locked lockedUntil recoveryCodesLeft recoveryCodesLow
    pendingEnrollment { id } trustedDevices { id } }`;
const EVENT = `id seq type category outcome reason occurredAt ip userAgent requestId sessionId cursor summary
  actor { id kind name } subject { id name } device { id name } refusal { __typename } details { __typename }`;
const EXPOSURE = 'id cause openedAt ending endedAt seconds user { id name } openedBy { id type actor { id name } }';
const COVERAGE = 'at users enabled required overdue share';
const SESSION = 'id current stage trustedDevice createdAt lastSeenAt expiresAt ip userAgent';

/** What is measured: a name, a document, and its variables. */
function questions({ heavy, light }: Seeded): readonly (readonly [string, string])[] {
  const trail = (filter: string, fields = 'id', size = 100) =>
    `{ auditEvents(first: ${size}, filter: ${filter}) { nodes { ${fields} } } }`;
  const lookBack = (id: string) => `{ mfaStateAt(userId: "${id}", at: "2026-06-01T00:00:30Z") { enabled } }`;
  return [
    ['viewer, its device', '{ viewer { stage user { id mfa { enabled deviceName } } } }'],
    [
      'viewer, all',
      `{ viewer { stage acr amr notices session { ${SESSION} } user { ${USER} } accountRecovery { requestedAt } } }`,
    ],
    ['user', `{ user(id: "${light}") { id } }`],
    ['user, all', `{ user(id: "${light}") { ${USER} } }`],
    ['node', `{ node(id: "${light}") { id } }`],
    ['node, nothing', '{ node(id: "nothing") { id } }'],
    ['users 1', `{ users(first: 1) { nodes { id } } }`],
    ['users 100', `{ users(first: 100) { nodes { id } } }`],
    ['users 100, page', `{ users(first: 100) { ${PAGE} } }`],
    ['users 100, all', `{ users(first: 100) { nodes { ${USER} } } }`],
    ['users 100, edges', `{ users(first: 100) { edges { cursor node { ${USER} } } } }`],
    ['users, search for nobody', '{ users(first: 100, filter: { search: "nobody" }) { nodes { id } } }'],
    ['users, locked', '{ users(first: 100, filter: { locked: true }) { nodes { id } } }'],
    ['users, role none', '{ users(first: 100, filter: { role: ADMIN }) { nodes { id } } }'],
    ['users, by name', '{ users(first: 100, orderBy: { by: USERNAME }) { nodes { id } } }'],
    ['sessions of one', `{ user(id: "${light}") { sessions(first: 10) { nodes { id } } } }`],
    ['sessions, 5,000 stale', `{ user(id: "${heavy}") { sessions(first: 10) { nodes { id } } } }`],
    ['users 100 { sessions 1 }', '{ users(first: 100) { nodes { sessions(first: 1) { nodes { id } } } } }'],
    ['users 50 { sessions 10 }', '{ users(first: 50) { nodes { sessions(first: 10) { nodes { id } } } } }'],
    ['users 100 { policy }', '{ users(first: 100) { nodes { account { policy { codesToEnable } } } } }'],
    ['audit 1', trail('{}', 'id', 1)],
    ['audit 100', trail('{}')],
    ['audit 100, all', trail('{}', EVENT)],
    ['audit, search', trail('{ search: "user-7" }')],
    ['audit, search in many', trail('{ search: "USER" }')],
    ['audit, search for nobody', trail('{ search: "nobody" }')],
    ['audit, ip', trail('{ ip: "192.0.2.0/24" }')],
    ['audit, ip of nobody', trail('{ ip: "10.0.0.0/8" }')],
    ['audit, types', trail('{ types: [MfaCodeRejected, PasswordRejected], outcome: FAILURE }')],
    ['audit, many lookups', trail('{ search: "user-1", outcome: SUCCESS, ip: "10.0.0.0/8" }')],
    ['mfaStateAt, 10 events', lookBack(light)],
    ['mfaStateAt, 10,000 events', lookBack(heavy)],
    ['coverage now', `{ mfaCoverage { ${COVERAGE} } }`],
    ['coverage now, users', `{ mfaCoverage { ${COVERAGE} overdueUsers { ${USER} } exposures { ${EXPOSURE} } } }`],
    ['coverage then', `{ mfaCoverage(at: "2026-05-31T23:00:00Z") { ${COVERAGE} } }`],
    ['series 2', `{ mfaCoverageSeries(since: "2026-01-01T00:00:00Z", points: 2) { ${COVERAGE} } }`],
    ['series 500', `{ mfaCoverageSeries(since: "2026-01-01T00:00:00Z", points: 500) { ${COVERAGE} } }`],
    ['exposures 100', '{ exposures(first: 100) { nodes { id } } }'],
    ['exposures 100, all', `{ exposures(first: 100) { nodes { ${EXPOSURE} } } }`],
    ['exposures, cause', '{ exposures(first: 100, filter: { cause: DISABLED }) { nodes { id } } }'],
    ['preview 1', '{ accountPolicyPreview(policy: { newSubUsersMustEnableMfa: true }, days: 1) { since } }'],
    ['preview 90', '{ accountPolicyPreview(policy: { newSubUsersMustEnableMfa: true }, days: 90) { since } }'],
    ['checkpoint', '{ auditCheckpoint { size } }'],
    ['consistency', '{ auditConsistencyProof(fromSize: 1000) { hashes } }'],
    ['audit tokens', '{ auditTokens(first: 100) { nodes { id } } }'],
    ['introspection', '{ __schema { types { name fields { name type { name } } } } }'],
  ];
}

interface Ids {
  readonly nodes: readonly { readonly id: string }[];
}

/** Requires a device of some users, so that there are exposures. */
async function requireMfa(client: Client): Promise<void> {
  const answer = await client.send('{ exposures { nodes { id } } users(last: 100) { nodes { id } } }');
  const { exposures, users } = (answer.body as { readonly data: Record<'exposures' | 'users', Ids> }).data;
  if (exposures.nodes.length > 0) return;
  const document = 'mutation ($id: ID!) { requireSubUserMfa(input: { userId: $id }) { userErrors { code } } }';
  for (const { id } of users.nodes) await client.send(document, { id });
}

async function once(client: Client, document: string): Promise<number> {
  const before = process.cpuUsage();
  const answer = await client.send(document);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1_000;
  const code = errorOf(answer);
  if (code !== null && code !== 'NOT_FOUND') throw new Error(answer.text.slice(0, 300));
  return milliseconds;
}

/** What it takes of the processor, in milliseconds: the lower quartile, so that what else runs here counts for little. */
async function measure(client: Client, document: string): Promise<number> {
  const first = await once(client, document);
  const rounds = first > 200 ? 3 : ROUNDS;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await once(client, document));
  return times.sort((one, other) => one - other)[Math.floor(rounds / 4)] ?? first;
}

if (!existsSync(join(FOLDER, 'seeded.json'))) await seed();
const seeded = JSON.parse(readFileSync(join(FOLDER, 'seeded.json'), 'utf8')) as Seeded;
const config = readConfig({
  ...PRODUCTION,
  ...UNLIMITED,
  NODE_ENV: 'test',
  PORT: '0',
  DATA_DIR: FOLDER,
  LOG_LEVEL: 'error',
});
const service = await start(config, { now: () => instantOf(SEEDED_AT + 60_000) });
await service.ready();
const client = createClient(service.url);
client.token = seeded.token;
await requireMfa(client);
const base = '{ __typename }';
for (let turn = 0; turn < 300; turn += 1) await once(client, base);
const least = await measure(client, base);
process.stdout.write(`a request for nothing: ${(least * 10).toFixed(1)}\n`);
for (const [name, document] of questions(seeded)) {
  const cost = (await measure(client, document)) - least;
  process.stdout.write(`${name.padEnd(32)} ${(cost * 10).toFixed(1).padStart(10)}\n`);
}
await service.stop();
