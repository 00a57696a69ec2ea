import { CloseCode, MessageType, parseMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';

/** Works for a message, until nothing is left to do: for `subscribe` until the operation is over. */
type Take = (data: string) => Promise<void>;

const IN_USE = 'An operation with this id is not over yet. Give each operation an id of its own.';

/** The id of an operation that a message begins; null for every other message, and for invalid ones. */
function idToBegin(data: string): string | null {
  try {
    const message = parseMessage(data);
    return message.type === MessageType.Subscribe ? message.id : null;
  } catch {
    // graphql-ws closes the connection for it.
    return null;
  }
}

/**
 * Closes a connection that uses the id of an operation again before that operation is over. graphql-ws frees an id at once
 * when the client completes the operation. If a second operation got the id then, graphql-ws could lose the first one, and nobody would end it.
 */
export function oneOperationAnId(socket: WebSocket, take: Take): Take {
  const ids = new Set<string>();
  return async (data) => {
    const id = idToBegin(data);
    if (id === null) return take(data);
    if (ids.has(id)) {
      socket.close(CloseCode.SubscriberAlreadyExists, IN_USE);
      return;
    }
    ids.add(id);
    try {
      await take(data);
    } finally {
      ids.delete(id);
    }
  };
}
