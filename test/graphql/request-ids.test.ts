import { expect, it } from '@jest/globals';
import { HeaderMap } from '@apollo/server';
import type { GraphqlContext } from '../../src/graphql/context.js';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';
import { createGraphqlServer } from '../../src/graphql/server.js';

it('what goes wrong outside of a resolver is told to the operator with the request that it ended, and to nobody else', async () => {
  const reported: { readonly error: unknown; readonly requestId: string }[] = [];
  const fault = new Error('a secret from inside');
  const server = await createGraphqlServer({
    schema: await buildGraphqlSchema(),
    introspection: false,
    report: (error, requestId) => reported.push({ error, requestId }),
    plugins: [{ requestDidStart: () => Promise.reject(fault) }],
  });
  const context = { request: { requestId: 'the request' } } as unknown as GraphqlContext;
  const { status, body } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers: new HeaderMap([['content-type', 'application/json']]),
      search: '',
      body: { query: '{ viewer { stage } }' },
    },
    context: () => Promise.resolve(context),
  });
  await server.stop();
  expect(status).toBe(500);
  expect(reported).toContainEqual({ error: fault, requestId: 'the request' });
  expect(JSON.stringify(body)).not.toContain('secret');
});
