import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema, ValidationRule } from 'graphql';
import type { GraphqlContext } from './context.js';
import { createErrorMask, type ReportError } from './masking.js';
import { documentLimits } from './rules/limits.js';
import { noIntrospection } from './rules/no-introspection.js';
import { noSubscriptions } from './rules/no-subscriptions.js';
import { oneMutation } from './rules/one-mutation.js';
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

/** Documents larger than these do not come from a console. */
const LIMITS = { depth: 10, fields: 200, aliases: 15, directives: 5 } as const;
const MOST_TOKENS = 1_000;

/** The rules that a document is held to beside those of GraphQL, over HTTP and over WebSocket. */
export function extraRules(introspection: boolean): readonly ValidationRule[] {
  return [documentLimits(LIMITS), oneMutation, ...(introspection ? [] : [noIntrospection])];
}

/** How much of a document is read. */
export const PARSE_OPTIONS = { maxLexicalTokens: MOST_TOKENS };

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
    validationOptions: { maxErrors: 5 },
    maxRecursiveSelections: true,
    validationRules: [...extraRules(introspection), noSubscriptions],
    formatError: createErrorMask(requestIds.of, report),
    plugins: [...WITHOUT, requestIds.plugin, costPlugin, statusPlugin, retryPlugin, extensionsPlugin, ...plugins],
    logger: { debug: () => undefined, info: () => undefined, warn, error: warn },
  });
  await server.start();
  return server;
}
