import { canonicalJson } from '../canonical/canonical-json.js';
import { leafHash } from './merkle/hashing.js';
import type { AuditRecord } from './record.js';

/** The one text of a record: its canonical JSON (RFC 8785). */
export function recordText(record: AuditRecord): string {
  return canonicalJson({ ...record });
}

/** The hash by which a record stands in the tree of its account: of the leaf that is its text in UTF-8. */
export function recordHash(record: AuditRecord): Uint8Array {
  return leafHash(recordText(record));
}
