import { GraphQLDateTime } from 'graphql-scalars';
import { instantOf, type Instant } from '../domain/instant.js';

/** A moment as the API takes it (RFC 3339): with a zone, on a day that the calendar has; null for any other text. */
export function momentFrom(text: string): Instant | null {
  try {
    return instantOf(GraphQLDateTime.parseValue(text).getTime());
  } catch {
    return null;
  }
}
