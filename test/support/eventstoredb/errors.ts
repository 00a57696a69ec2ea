import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

/** A status other than OK, with the trailers by which the client tells errors apart. */
export type RpcError = Pick<StatusObject, 'code' | 'details' | 'metadata'>;

function rpcError(code: status, details: string, trailers: Readonly<Record<string, string>> = {}): RpcError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return { code, details, metadata };
}

/** The server cannot be reached, or takes no calls yet. */
export const unavailable = (): RpcError => rpcError(status.UNAVAILABLE, 'Server Is Not Ready');

/** A live subscription that does not take its events in time is dropped. */
export const consumerTooSlow = (): RpcError =>
  rpcError(
    status.ABORTED,
    'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
  );

/** The server does not know the RPC. */
export const unimplemented = (): RpcError => rpcError(status.UNIMPLEMENTED, 'Service is unimplemented.');

/** The request makes no sense. */
export const invalidArgument = (details: string): RpcError => rpcError(status.INVALID_ARGUMENT, details);

/** The credentials are wrong. */
export const unauthenticated = (): RpcError => rpcError(status.UNAUTHENTICATED, 'Bad credentials');

/** The credentials, or their absence, do not allow this. */
export const accessDenied = (): RpcError =>
  rpcError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

/** The leader, which is somebody else, has to do this. */
export const notLeader = (leader: { readonly host: string; readonly port: number }): RpcError =>
  rpcError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': leader.host,
    'leader-endpoint-port': leader.port.toString(),
  });

/** The stream has a tombstone. */
export const streamDeleted = (stream: string): RpcError =>
  rpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

/** The append is larger than the server takes. */
export const appendTooLarge = (limit: number): RpcError =>
  rpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': limit.toString(),
  });

/** The stream to delete has another revision. */
export const wrongExpectedVersion = (stream: string, expected: bigint, actual: bigint): RpcError =>
  rpcError(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': expected.toString(),
      'actual-version': actual.toString(),
    },
  );
