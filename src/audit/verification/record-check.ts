import { commitmentTo, SALT_BYTES, type Opening } from '../../canonical/commitment.js';
import { isObject } from '../export/json.js';
import type { ExportedRecord } from '../export/line.js';
import { leafHash, sameHash } from '../merkle/hashing.js';
import type { Finding } from './finding.js';

function isSalt(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.length === SALT_BYTES && bytes.toString('base64url') === value;
}

function areValues(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((text) => text === null || typeof text === 'string');
}

function isOpening(value: unknown): value is Opening {
  return isObject(value) && Object.keys(value).length === 2 && isSalt(value.salt) && areValues(value.values);
}

/** Whether values and salt are those that a commitment was made to; where they are not given any more, nothing is said. */
function fits(opening: unknown, commitment: string | undefined): boolean {
  return opening === null || (isOpening(opening) && commitmentTo(opening) === commitment);
}

function openingsFit({ record, openings }: ExportedRecord): boolean {
  if (openings.length === 0) return true;
  return (
    openings.length === record.personal.length &&
    openings.every((opening, index) => fits(opening, record.personal[index]))
  );
}

/** What a record says by itself: whether it is the one that its hash is of, and its personal values those that were recorded. */
export function checkRecord(exported: ExportedRecord): readonly Finding[] {
  const { record, text, hash } = exported;
  const findings: Finding[] = [];
  if (!sameHash(leafHash(text), hash)) findings.push({ code: 'HASH_MISMATCH', seq: record.seq });
  if (!openingsFit(exported)) findings.push({ code: 'COMMITMENT_MISMATCH', seq: record.seq });
  return findings;
}
