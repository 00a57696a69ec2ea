import { createHash } from 'node:crypto';
import { signingKeyOf, type SigningKey } from '../../../src/audit/notes/keys.js';

/** A key of a name, the same each time; `age` tells keys of one name apart. */
export function keyOf(name: string, age = 1): SigningKey {
  return signingKeyOf(name, createHash('sha256').update(`${name} ${age}`).digest());
}
