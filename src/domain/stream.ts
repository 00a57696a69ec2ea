/** The kinds of stream; a stream's name is its category, a dash, and an id. */
export const STREAM_CATEGORIES = ['account', 'user', 'mfa', 'password', 'session', 'name', 'reaction'] as const;

export type StreamCategory = (typeof STREAM_CATEGORIES)[number];

/** The name of a stream, the unit of consistency: `mfa-{userId}`. */
export type StreamName = `${StreamCategory}-${string}`;

/** The name of the stream of one category and id. */
export function streamName(category: StreamCategory, id: string): StreamName {
  return `${category}-${id}`;
}

/** The category in a stream's name, or undefined where it is none of ours. */
export function categoryOf(stream: string): StreamCategory | undefined {
  return STREAM_CATEGORIES.find((category) => stream.startsWith(`${category}-`));
}
