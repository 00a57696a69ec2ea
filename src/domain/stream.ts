/** The kinds of stream; a stream's name is its category, a dash, and an id. */
export const STREAM_CATEGORIES = [
  'account',
  'user',
  'mfa',
  'password',
  'session',
  'name',
  'grant',
  'reaction',
] as const;

export type StreamCategory = (typeof STREAM_CATEGORIES)[number];

/** The name of a stream, the unit of consistency: `mfa-{userId}`. */
export type StreamName = `${StreamCategory}-${string}`;

/** The name of the stream of one category and id. */
export function streamName(category: StreamCategory, id: string): StreamName {
  return `${category}-${id}`;
}

/** Whether a text can be the id in a stream's name; of one that cannot, there is no stream. */
export function isStreamId(id: string): boolean {
  return /^[A-Za-z0-9_.-]{1,200}$/.test(id);
}

/** The category in a stream's name, or undefined where it is none of ours. */
export function categoryOf(stream: string): StreamCategory | undefined {
  const name = stream.slice(0, Math.max(0, stream.indexOf('-')));
  return STREAM_CATEGORIES.find((category) => category === name);
}
