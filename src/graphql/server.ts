import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GraphqlContext } from './context.js';
import { createErrorMask, type ReportError } from './masking.js';
import { documentLimits } from './rules/limits.js';
import { noSchemaIntrospection } from './rules/no-schema-introspection.js';
import { noSubscriptions } from './rules/no-subscriptions.js';
import { oneMutation } from './rules/one-mutation.js';
import { buildGraphqlSchema } from './schema.js';
import { statusPlugin } from './status-plugin.js';

export interface GraphqlServerOptions {
  /** Whether the schema can be asked for; not in production. */
  readonly introspection: boolean;
  /** The id of the request that is being served. */
  readonly requestId: () => string;
  /** Told of every error that is not the client's. */
  readonly report: ReportError;
  readonly plugins?: readonly ApolloServerPlugin<GraphqlContext>[];
}

/** Documents larger than these do not come from a console. */
const LIMITS = { depth: 10, fields: 200, aliases: 15, directives: 5 } as const;
const MOST_TOKENS = 1_000;

/** Sets up Apollo Server on the schema, bounded: no batches, no persisted queries, no landing page, one mutation an operation. */
export async function createGraphqlServer(options: GraphqlServerOptions): Promise<ApolloServer<GraphqlContext>> {
  const { introspection, requestId, report, plugins = [] } = options;
  const server = new ApolloServer<GraphqlContext>({
    schema: await buildGraphqlSchema(),
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: MOST_TOKENS },
    validationOptions: { maxErrors: 5 },
    maxRecursiveSelections: true,
    validationRules: [
      documentLimits(LIMITS),
      oneMutation,
      noSubscriptions,
      ...(introspection ? [] : [noSchemaIntrospection]),
    ],
    formatError: createErrorMask(requestId, report),
    plugins: [ApolloServerPluginLandingPageDisabled(), statusPlugin, ...plugins],
    logger: { debug: () => undefined, info: () => undefined, warn: report, error: report },
  });
  await server.start();
  return server;
}
