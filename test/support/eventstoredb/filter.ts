import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

import type { LoggedEvent } from './event.js';

/** Which events a subscription to all wants, and after how many considered ones it is told how far it is. */
export interface Filter {
  readonly matches: (event: LoggedEvent) => boolean;
  readonly checkpointEvery: number;
}

/** How many events the server considers at a time if the client does not say. */
const WINDOW = 32;

function textMatches(expression: ReadReq.Options.FilterOptions.Expression): (text: string) => boolean {
  const regex = expression.getRegex();
  if (regex !== '') {
    const pattern = new RegExp(regex);
    return (text) => pattern.test(text);
  }
  const prefixes = expression.getPrefixList();
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
}

/** The filter of a request: undefined if it has none. Throws a SyntaxError if its regular expression is none. */
export function filterOf(options: ReadReq.Options): Filter | undefined {
  const filter = options.getFilter();
  if (filter === undefined) return undefined;
  const window = filter.hasMax() ? filter.getMax() : WINDOW;
  const checkpointEvery = window * Math.max(1, filter.getCheckpointintervalmultiplier());
  const byType = filter.getEventType();
  const byStream = filter.getStreamIdentifier();
  if (byType !== undefined) {
    const matches = textMatches(byType);
    return { matches: (event) => matches(event.type), checkpointEvery };
  }
  if (byStream === undefined) return undefined;
  const matches = textMatches(byStream);
  return { matches: (event) => matches(event.stream), checkpointEvery };
}
