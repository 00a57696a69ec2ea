import { canonicalJson } from '../../canonical/canonical-json.js';
import type { Opening } from '../../canonical/commitment.js';
import { recordText } from '../leaf.js';
import { HASH_BYTES, leafHash } from '../merkle/hashing.js';
import { isCount } from '../merkle/subtrees.js';
import { base64Of, bytesOfBase64 } from '../notes/base64.js';
import type { AuditRecord } from '../record.js';
import { canonicalOf, isListOfTexts, isObject, objectFrom, type Json } from './json.js';

/** A line of an export after the first, as it was read: what it says is still to be checked. */
export interface ExportedRecord {
  readonly record: AuditRecord;
  /** The record's canonical JSON, as it stands in the line. */
  readonly text: string;
  /** What the line says is the hash of its record. */
  readonly hash: Uint8Array;
  /** For each commitment of the record what opens it, null where nothing does; empty where the line has none at all. */
  readonly openings: readonly unknown[];
}

/**
 * A line of an export, without its newline: a record, its hash, and what opens each of its commitments (null where nothing
 * does any more). It is canonical JSON, and has no `openings` where nothing opens any.
 */
export function exportLine(record: AuditRecord, openings: readonly (Opening | null)[]): string {
  const text = recordText(record);
  const opened = openings.some((opening) => opening !== null) ? { openings } : {};
  return canonicalJson({ hash: base64Of(leafHash(text)), ...opened, record });
}

/** Whether a value has what is needed to place a record; its hash answers for the rest. */
function isRecord(value: unknown): value is Json & AuditRecord {
  return (
    isObject(value) && value.v === 1 && isCount(value.seq) && isObject(value.data) && isListOfTexts(value.personal)
  );
}

function hashFrom(value: unknown): Buffer | null {
  const hash = typeof value === 'string' ? bytesOfBase64(value) : null;
  return hash?.length === HASH_BYTES ? hash : null;
}

/** The record's text in a line that is canonical JSON; null where the line is not. */
function recordTextIn(line: string, json: Json, record: Json): string | null {
  const { hash, openings } = json;
  const before = canonicalOf(openings === undefined ? { hash } : { hash, openings });
  const text = canonicalOf(record);
  if (before === null || text === null) return null;
  // The record, most of the line, is written once: in the order of canonical JSON it comes last.
  return line === `${before.slice(0, -1)},"record":${text}}` ? text : null;
}

/** Reads a line of an export after the first; null where it is none. */
export function parseExportLine(line: string): ExportedRecord | null {
  const json = objectFrom(line);
  const hash = hashFrom(json?.hash);
  if (json === null || hash === null || !isRecord(json.record)) return null;
  const { record, openings = [] } = json;
  // A text that says something twice, or in another way, would not mean the same to every reader.
  const text = recordTextIn(line, json, record);
  return text !== null && Array.isArray(openings) ? { record, text, hash, openings } : null;
}
