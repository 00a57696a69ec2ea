import { canonicalJson } from '../../canonical/canonical-json.js';
import { frontierLength, type Frontier } from '../merkle/frontier.js';
import { HASH_BYTES } from '../merkle/hashing.js';
import { isCount } from '../merkle/subtrees.js';
import { base64Of, bytesOfBase64 } from '../notes/base64.js';
import { isListOfTexts, objectFrom, type Json } from './json.js';

/** What the first line of an export says. */
export interface ExportHeader {
  /** Whose trail it is. */
  readonly account: string;
  /** Which log the checkpoints of this trail are of. */
  readonly origin: string;
  /** The tree before the first record of the export: its size is that record's `seq`. Empty where the export is from 0. */
  readonly start: Frontier;
  /** Signed checkpoints that are handed out with the export. */
  readonly checkpoints: readonly string[];
}

const FORMAT = 'virtual-mfa-audit';
const VERSION = 1;

/** The first line of an export, without its newline. */
export function exportHeader({ account, origin, start, checkpoints }: ExportHeader): string {
  const frontier = start.hashes.map(base64Of);
  return canonicalJson({ account, checkpoints, format: FORMAT, from: start.size, frontier, origin, version: VERSION });
}

function startOf({ from, frontier }: Json): Frontier | null {
  if (!isCount(from) || !isListOfTexts(frontier)) return null;
  const hashes = frontier.map(bytesOfBase64).filter((hash) => hash?.length === HASH_BYTES);
  const isWhole = hashes.length === frontier.length && hashes.length === frontierLength(from);
  return isWhole ? { size: from, hashes: hashes.filter((hash) => hash !== null) } : null;
}

function headerFrom(json: Json): ExportHeader | null {
  const { account, origin, checkpoints } = json;
  const start = startOf(json);
  if (typeof account !== 'string' || typeof origin !== 'string') return null;
  return start !== null && isListOfTexts(checkpoints) ? { account, origin, start, checkpoints } : null;
}

/** Why a first line is none of an export. */
export type HeaderFault = 'MALFORMED_HEADER' | 'UNKNOWN_VERSION';

/** Reads the first line of an export. */
export function parseHeader(line: string): ExportHeader | HeaderFault {
  const json = objectFrom(line);
  if (json?.format !== FORMAT) return 'MALFORMED_HEADER';
  if (json.version !== VERSION) return 'UNKNOWN_VERSION';
  const header = headerFrom(json);
  // A text that says something twice, or in another way, would not mean the same to every reader.
  return header !== null && exportHeader(header) === line ? header : 'MALFORMED_HEADER';
}
