import { createHash } from 'node:crypto';
import { exportHeader, type ExportHeader } from '../../../src/audit/export/header.js';
import { exportLine } from '../../../src/audit/export/line.js';
import { recordHash } from '../../../src/audit/leaf.js';
import { EMPTY_FRONTIER, growTree } from '../../../src/audit/merkle/frontier.js';
import { signCheckpoint, type Checkpoint } from '../../../src/audit/notes/checkpoint.js';
import type { SigningKey } from '../../../src/audit/notes/keys.js';
import type { AuditRecord } from '../../../src/audit/record.js';
import type { Finding, UnusedCheckpoint, Verification } from '../../../src/audit/verification/finding.js';
import { verifyTrail } from '../../../src/audit/verification/verify-trail.js';
import { commitmentTo, type Opening } from '../../../src/canonical/commitment.js';
import { keyOf } from '../notes/given.js';

export const KEY = keyOf('mfa.example/audit');

/** A trail with what opens its commitments. */
export interface Trail {
  readonly account: string;
  readonly origin: string;
  readonly records: readonly AuditRecord[];
  readonly openings: readonly (readonly (Opening | null)[])[];
}

function openingOf(place: string, values: Opening['values']): Opening {
  return { salt: createHash('sha256').update(place).digest('base64url'), values };
}

/** What opens a record's commitments: every third has none, the others one or two. */
function openingsAt(account: string, seq: number): readonly Opening[] {
  const subject = openingOf(`${account} ${seq} subject`, { username: `sam ${seq} “é”`, deviceName: null });
  const request = openingOf(`${account} ${seq} request`, { ip: `192.0.2.${seq % 256}`, userAgent: 'Mozilla/5.0' });
  return [[], [request], [subject, request]][seq % 3] ?? [];
}

function recordAt(account: string, seq: number): AuditRecord {
  return {
    v: 1,
    seq,
    stream: `mfa-${account}-user`,
    version: seq + 1,
    id: `${account}-event-${seq}`,
    type: 'MfaCodeAccepted',
    revision: 1,
    data: { userId: 'sam', accountId: account, deviceId: 'device', timeStep: 59_000_000 + seq, purpose: 'SIGN_IN' },
    metadata: {
      occurredAt: '2026-03-02T09:12:31.004Z',
      actor: { kind: 'USER', id: 'sam' },
      sessionId: null,
      requestId: `request-${seq}`,
      correlationId: `request-${seq}`,
      causationId: null,
    },
    personal: openingsAt(account, seq).map(commitmentTo),
  };
}

/** A trail of so many records. */
export function trailOf(size: number, account = 'acme'): Trail {
  const places = Array.from({ length: size }, (_, seq) => seq);
  return {
    account,
    origin: `mfa.example/audit/${account}`,
    records: places.map((seq) => recordAt(account, seq)),
    openings: places.map((seq) => openingsAt(account, seq)),
  };
}

function treeAt({ records }: Trail, size: number) {
  const tree = growTree(EMPTY_FRONTIER);
  for (const record of records.slice(0, size)) tree.append(recordHash(record));
  return tree;
}

/** The checkpoint of a trail at a size. */
export function checkpointAt(trail: Trail, size: number): Checkpoint {
  return { origin: trail.origin, size, root: treeAt(trail, size).root(), extensions: [] };
}

/** That checkpoint, signed. */
export function signedAt(trail: Trail, size: number, key: SigningKey = KEY): string {
  return signCheckpoint(checkpointAt(trail, size), [key]);
}

/** The header of an export that begins at a place. */
export function headerFrom(trail: Trail, from = 0, checkpoints: readonly string[] = []): ExportHeader {
  return { account: trail.account, origin: trail.origin, start: treeAt(trail, from).frontier(), checkpoints };
}

/** The lines of an export: all, or from a place on. */
export function exportOf(trail: Trail, from = 0, checkpoints: readonly string[] = []): string[] {
  const lines = trail.records
    .slice(from)
    .map((record, index) => exportLine(record, trail.openings[from + index] ?? []));
  return [exportHeader(headerFrom(trail, from, checkpoints)), ...lines];
}

/** What came of a verification, with its findings. */
export interface Outcome extends Omit<Verification, 'findings'> {
  readonly findings: readonly Finding[];
  readonly unused: readonly UnusedCheckpoint[];
}

/** Verifies lines against kept checkpoints. */
export async function verify(
  lines: Iterable<string> | AsyncIterable<string>,
  checkpoints: readonly string[],
  keys: readonly SigningKey[] = [KEY],
): Promise<Outcome> {
  const findings: Finding[] = [];
  const unused: UnusedCheckpoint[] = [];
  const evidence = { lines, checkpoints, keys: keys.map(({ verifier }) => verifier) };
  const { findings: count, ...outcome } = await verifyTrail(evidence, {
    onFinding: (one) => findings.push(one),
    onUnused: (one) => unused.push(one),
  });
  if (count !== findings.length) throw new Error(`${count} findings are counted, ${findings.length} reported`);
  return { ...outcome, findings, unused };
}

/** A trail with one record changed, and its hash with it. */
export function withRecord(trail: Trail, seq: number, change: (record: AuditRecord) => AuditRecord): Trail {
  return { ...trail, records: trail.records.map((record, at) => (at === seq ? change(record) : record)) };
}

/** The same trail under another origin. */
export function renamed(original: Trail, origin = `other.example/audit/${original.account}`): Trail {
  return { ...original, origin };
}

/** A trail whose records name the origin that it has, and from record 10 on another. */
export const naming: Trail = [
  [3, 'PrimaryAccountRegistered', 'mfa.example/audit/acme'],
  [10, 'AuditOriginChanged', 'other.example/audit/acme'],
].reduce<Trail>(
  (before, [seq, type, auditOrigin]) =>
    withRecord(before, Number(seq), (record) => ({
      ...{ ...record, type: String(type) },
      data: { ...record.data, auditOrigin },
    })),
  trailOf(40),
);

/** A line with something in it replaced, which must be there. */
export function replaced(line: string | undefined, what: string, by: string): string {
  if (line?.includes(what) !== true) throw new Error(`${what} is not in ${line}`);
  return line.replace(what, by);
}

/** A trail that was never touched, and one of another account. */
export const trail = trailOf(40);
export const other = trailOf(40, 'other');

/** The export of the trail: a header, then its records. */
export const lines: readonly string[] = exportOf(trail);

/** The line of a record. */
export const lineOf = (seq: number): number => seq + 1;

/** Checkpoints of the trail, as an auditor would have kept them. */
export const kept: readonly string[] = [10, 20, 30, 40].map((size) => signedAt(trail, size));

export const sound = (size: number) => ({
  verdict: 'sound',
  findings: [],
  problem: null,
  proven: { kept: size, exported: null },
});

export const tampered = (...findings: readonly object[]) => ({ verdict: 'tampered', findings, problem: null });

export const gap = (seq: number, found: number, account = 'acme') => ({
  code: 'SEQ_GAP',
  seq,
  found: { seq: found, account },
});

export const hashMismatch = (seq: number) => ({ code: 'HASH_MISMATCH', seq });

export const rootMismatch = (from: number, to: number) => ({ code: 'ROOT_MISMATCH', from, to });

export const truncated = (from: number, to: number) => ({ code: 'TRUNCATED', from, to });
