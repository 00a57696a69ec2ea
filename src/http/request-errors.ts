import { getOperationAST, GraphQLError, type DocumentNode } from 'graphql';

/** The same error under a code, by which it counts as the client's. */
export function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes = null, source = null, positions = null } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}

/**
 * An error that leaves over WebSocket, where no Apollo Server gives codes to what is wrong with a request. Such an error points
 * into the document, since a variable has no right value, and not into an answer.
 */
export function asRequestError(error: GraphQLError): GraphQLError {
  const isOfRequest = error.path === undefined && error.nodes !== undefined && error.extensions.code === undefined;
  return isOfRequest ? withCode(error, 'BAD_USER_INPUT') : error;
}

/** What is wrong where no operation of a document can be chosen; null where one can. */
export function operationFault(document: DocumentNode, operationName: string | null | undefined): GraphQLError | null {
  if (getOperationAST(document, operationName)) return null;
  const message = 'The document needs one operation, or an operationName that names one of its operations.';
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}
