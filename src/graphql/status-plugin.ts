import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphqlContext } from './context.js';

/** Errors that are answered with status 200 to clients who only know `application/json`. */
const REQUEST_ERRORS = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_EXPENSIVE',
  'RATE_LIMITED',
]);

/** Has the header `retry-after` say when to try again what was too much, for clients and proxies that know no more of it. */
export const retryPlugin: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body, http } }) {
        if (body.kind !== 'single') return;
        const [seconds] = (body.singleResult.errors ?? []).map(({ extensions }) => extensions?.retryAfterSeconds);
        if (typeof seconds === 'number') http.headers.set('retry-after', String(seconds));
      },
    };
  },
};

/**
 * GraphQL over HTTP has a well-formed request that fails before execution answered with 200 where the client accepts only
 * `application/json`, and with 400 where it knows `application/graphql-response+json`.
 */
export const statusPlugin: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart({ request }) {
    const accepts = request.http?.headers.get('accept') ?? '';
    if (accepts.includes('application/graphql-response+json')) return;
    return {
      async willSendResponse({ response, errors }) {
        const status = response.http.status ?? 200;
        const failedBefore = (status === 400 || status === 429) && errors !== undefined && errors.length > 0;
        const known = errors?.every(({ extensions }) => REQUEST_ERRORS.has(String(extensions.code)));
        if (failedBefore && known === true) response.http.status = 200;
      },
    };
  },
};
