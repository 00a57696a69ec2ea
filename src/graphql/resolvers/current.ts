import { GraphQLError } from 'graphql';
import type { CurrentSession } from '../../application/request-context.js';
import type { GraphqlContext } from '../context.js';

/** The session of a request whose access rule demands one. */
export function current(context: GraphqlContext): CurrentSession {
  const { session } = context;
  if (session === null)
    throw new GraphQLError('Sign in first, with signIn.', { extensions: { code: 'UNAUTHENTICATED' } });
  return session;
}

/** The answer to an id that does not exist, or not for whoever asks. */
export function notFound(): GraphQLError {
  return new GraphQLError('There is nothing with this id.', { extensions: { code: 'NOT_FOUND' } });
}
