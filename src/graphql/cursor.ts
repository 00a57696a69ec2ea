import { GraphQLError } from 'graphql';
import type { Key } from '../projections/page.js';

/** The list of the audit trail, in its cursors. */
export const AUDIT_LIST = 'audit';

/** The answer to arguments that no list could take. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** The cursor of a key in a list; opaque to clients. */
export function cursorOf(list: string, key: Key): string {
  return Buffer.from(JSON.stringify(['v1', list, key])).toString('base64url');
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}

function isKey(value: unknown): value is Key {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** The key of a cursor that a client sent. @throws {GraphQLError} `BAD_USER_INPUT` where it is of another list, or made up */
export function keyOf(list: string, cursor: string | null | undefined, argument: string): Key | null {
  if (cursor === null || cursor === undefined) return null;
  const parsed = parseCursor(cursor);
  const [version, name, key] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  if (version === 'v1' && name === list && isKey(key)) return key;
  throw badInput(`\`${argument}\` is no cursor of this list: use one that a page of it gave.`);
}
