import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { GraphqlContext } from './context.js';
import { createErrorMask, type ReportError } from './masking.js';
import { noSubscriptions } from './rules/no-subscriptions.js';
import { extraRules, PARSE_OPTIONS, VALIDATION_OPTIONS } from './rules/validation.js';
import { costPlugin } from './costs/cost-plugin.js';
import { extensionsPlugin } from './extensions-plugin.js';
import { createRequestIds, NO_REQUEST } from './request-ids.js';
import { retryPlugin, statusPlugin } from './status-plugin.js';

export interface GraphqlServerOptions {
  readonly schema: GraphQLSchema;
  /** Whether the schema can be asked for; not in production. */
  readonly introspection: boolean;
  /** Told of every error that is not the client's. */
  readonly report: ReportError;
  readonly plugins?: readonly ApolloServerPlugin<GraphqlContext>[];
}

/**
 * Selections of an operation, fragments counted each time that they are spread. Introspection, which our own limits leave out, has
 * a few hundred. With this rule Apollo Server asks for our rules only if those of GraphQL found nothing.
 */
const MOST_SELECTIONS = 2_000;

/** What Apollo Server does by default, the latter at every field of every answer; no answer here may be cached. */
const WITHOUT = [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled()];

/** Sets up Apollo Server on the schema, bounded: no batches, no persisted queries, no landing page, one mutation an operation. */
export async function createGraphqlServer(options: GraphqlServerOptions): Promise<ApolloServer<GraphqlContext>> {
  const { schema, introspection, report, plugins = [] } = options;
  const requestIds = createRequestIds(report);
  const warn = (message: unknown) => report(message, NO_REQUEST);
  const server = new ApolloServer<GraphqlContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: PARSE_OPTIONS,
    validationOptions: VALIDATION_OPTIONS,
    maxRecursiveSelections: MOST_SELECTIONS,
    validationRules: [...extraRules(introspection), noSubscriptions],
    formatError: createErrorMask(requestIds.of, report),
    plugins: [...WITHOUT, requestIds.plugin, costPlugin, statusPlugin, retryPlugin, extensionsPlugin, ...plugins],
    logger: { debug: () => undefined, info: () => undefined, warn, error: warn },
  });
  await server.start();
  return server;
}
