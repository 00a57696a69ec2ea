import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Loose } from '../support/client.js';
import { codeOf, connect, run } from '../support/live.js';
import { primary } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** About as many levels as fit into the tokens of a document; each spreads the next one twice. */
const LEVELS = 90;

function doubling(type: string, last: string): string {
  const levels = Array.from({ length: LEVELS }, (_, n) => `fragment F${n} on ${type} { ...F${n + 1} ...F${n + 1} }`);
  return `${type.toLowerCase()} { ...F0 } ${levels.join(' ')} fragment F${LEVELS} on ${type} { ${last} }`;
}

const documents = ['Query', 'Mutation', 'Subscription'].flatMap((type) => [
  [`${type}, a field`, doubling(type, '__typename')] as const,
  [`${type}, itself`, doubling(type, `...F${LEVELS}`)] as const,
  [`${type}, the first`, doubling(type, '...F0')] as const,
  [`${type}, an unknown fragment`, doubling(type, '...Unknown')] as const,
]);

const all = [
  ...documents,
  ['Mutation, a mutation', doubling('Mutation', 'signOut { __typename }')],
  ['Subscription, a subscription', doubling('Subscription', 'auditEventRecorded { id }')],
  ['Query, introspection', doubling('Query', '__schema { description }')],
] as const;

it.each(all)('a document of fragments that double 90 times is refused over HTTP: %s', async (_, document) => {
  const { body } = await service.client().send(document);
  expect(body.errors.length).toBeGreaterThan(0);
  for (const { extensions } of body.errors as Loose[]) expect(extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

it('and over WebSocket', async () => {
  const { client } = await primary(service);
  for (const [, document] of all) {
    const feed = run(connect(client), document);
    expect(await feed.next().then(() => null, codeOf)).toBe('GRAPHQL_VALIDATION_FAILED');
    await feed.close();
  }
});
