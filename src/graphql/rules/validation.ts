import {
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { documentLimits } from './limits.js';
import { noIntrospection } from './no-introspection.js';
import { oneMutation } from './one-mutation.js';

/** Documents larger than these do not come from a console. */
const LIMITS = { depth: 10, fields: 200, aliases: 15, directives: 5 } as const;
const MOST_TOKENS = 1_000;

/** How much of a document is read. */
export const PARSE_OPTIONS = { maxLexicalTokens: MOST_TOKENS };

/** How much is said of a document that is wrong. */
export const VALIDATION_OPTIONS = { maxErrors: 5 };

/** The rules that a document is held to beside those of GraphQL, over HTTP and over WebSocket. */
export function extraRules(introspection: boolean): readonly ValidationRule[] {
  return [documentLimits(LIMITS), oneMutation, ...(introspection ? [] : [noIntrospection])];
}

/** What is wrong with a document: by GraphQL's rules, and if nothing is, by ours. Apollo Server goes by the same order. */
export function findFaults(
  schema: GraphQLSchema,
  document: DocumentNode,
  introspection: boolean,
): readonly GraphQLError[] {
  const faults = validate(schema, document, specifiedRules, VALIDATION_OPTIONS);
  return faults.length > 0 ? faults : validate(schema, document, extraRules(introspection), VALIDATION_OPTIONS);
}
