import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, Loose } from '../support/client.js';
import { connect } from '../support/live.js';
import { primary } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let client: Client;

beforeAll(async () => {
  service = await startService();
  ({ client } = await primary(service));
});

afterAll(() => service.dispose());

type Send = (variables: Loose) => Promise<Loose[]>;

const overHttp =
  (query: string): Send =>
  async (variables) =>
    (await client.send(query, variables)).body.errors ?? [];

const overWebSocket =
  (query: string): Send =>
  async (variables) => {
    const connection = connect(client);
    const results = connection.iterate<Loose>({ query, variables });
    try {
      return (await results.next().catch((errors: unknown): Loose => ({ value: { errors } }))).value.errors;
    } finally {
      await connection.dispose();
    }
  };

const TYPES = 'query ($types: [AuditEventType!]) { auditEvents(filter: { types: $types }) { nodes { id } } }';
const FILTER = 'query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { nodes { id } } }';
const FEED = 'subscription ($types: [AuditEventType!]) { auditEventRecorded(filter: { types: $types }) { id } }';
const FEED_FILTER = 'subscription ($filter: AuditEventFilter) { auditEventRecorded(filter: $filter) { id } }';

const list = (length: number, entry: unknown = 'X'): unknown[] => Array.from({ length }, () => entry);

describe.each([
  ['HTTP', overHttp(TYPES), overHttp(FILTER)],
  ['WebSocket', overWebSocket(FEED), overWebSocket(FEED_FILTER)],
])('A list in a variable, over %s', (_, types, filter) => {
  it('has at most 100 entries, which is said before any of them is looked at', async () => {
    for (const length of [101, 10_000]) {
      const [error, ...others] = await types({ types: list(length) });
      expect(others).toHaveLength(0);
      expect(error.extensions.code).toBe('BAD_USER_INPUT');
      expect(error.message).toBe(`\`types\` has ${length} entries. Send at most 100.`);
    }
    const [error] = await filter({ filter: { types: list(101) } });
    expect(error.message).toBe('`filter.types` has 101 entries. Send at most 100.');
  });

  it('may be nested as deep as a request is large', async () => {
    let deep: unknown = 'X';
    for (let level = 0; level < 2_000; level += 1) deep = [deep];
    const [error] = await types({ types: deep });
    expect(error.extensions.code).toBe('BAD_USER_INPUT');
  });

  it.each([1, 5, 6, 60, 100])('with %i wrong entries is bad input and no fault of the service', async (length) => {
    const before = service.log.length;
    const errors = await types({ types: list(length) });
    expect(errors).toHaveLength(length <= 5 ? length : 1);
    for (const { message, extensions } of errors) {
      expect(extensions.code).toBe('BAD_USER_INPUT');
      expect(message).toMatch(/Variable "\$types" got an invalid value at "types\[\d+\]"\./);
    }
    expect(service.log.slice(before).filter((line) => line.includes('"level":50'))).toStrictEqual([]);
  });
});

it('A list in a document has at most 100 entries', async () => {
  const query = (length: number) =>
    `{ auditEvents(filter: { types: [${list(length, 'AccountPolicyChanged').join(' ')}] }) { nodes { id } } }`;
  const [error] = await overHttp(query(101))({});
  expect(error.message).toBe('`filter.types` has 101 entries. Send at most 100.');
  expect(error.extensions.code).toBe('BAD_USER_INPUT');
});

it.each([100, 6, 101])('%i wrong entries are answered with the status of other bad input', async (length) => {
  expect((await client.send(TYPES, { types: list(length) })).status).toBe(
    (await client.send(TYPES, { types: 1 })).status,
  );
});

it('A list of 100 right entries is taken', async () => {
  expect(await overHttp(TYPES)({ types: list(100, 'AccountPolicyChanged') })).toStrictEqual([]);
});
