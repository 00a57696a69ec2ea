/**
 * A second verifier of exported trails, written from docs/audit-format.md alone: it imports nothing of this project, reads
 * everything into memory and hashes the tree as RFC 9162 defines it. Two programs that agree are worth more than one.
 *
 *     node test/support/second-verifier.mjs EXPORT KEY CHECKPOINT...
 *
 * EXPORT and CHECKPOINT are files, KEY is a verifier key. Exits with 0 (sound), 1 (tampered) or 2 (unusable).
 *
 * Its canonical JSON is JSON.stringify with sorted keys, which is RFC 8785 for what records hold: objects, lists, texts
 * without lone surrogates, whole numbers, true, false and null.
 */
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** @typedef {{ origin: string, size: number, root: Buffer, known: boolean, signed: boolean, kept: boolean }} Checkpoint */
/** @typedef {{ format: string, version: number, account: string, origin: string, from: number, frontier: string[], checkpoints: string[] }} Header */
/** @typedef {{ salt: string, values: Record<string, unknown> } | null} Opening */
/** @typedef {{ v: number, seq: number, type: string, data: { accountId?: unknown, auditOrigin?: unknown }, personal: string[] }} AuditRecord */
/** @typedef {{ hash: string, openings?: Opening[], record: AuditRecord }} Line */

const sha256 = (/** @type {(Buffer | string)[]} */ ...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** @type {(value: unknown) => string} */
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  // The order of UTF-16 code units, not of a language.
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
};

/** @type {(line: string) => unknown} */
const parse = (line) => {
  /** @type {unknown} */
  const value = JSON.parse(line);
  if (canonical(value) !== line) throw new Error('not canonical JSON');
  return value;
};

/** @type {(note: string, key: string, kept: boolean) => Checkpoint} */
function readCheckpoint(note, key, kept) {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(key) ?? [];
  const x = Buffer.from(encoded ?? '', 'base64')
    .subarray(1)
    .toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  const [origin = '', size, root = ''] = text.split('\n');
  if (end === 0 || !/^\d+$/.test(size ?? '')) throw new Error('not a checkpoint');
  const signatures = note
    .slice(end + 1)
    .split('\n')
    .map((line) => line.split(' '))
    .filter((words) => words[0] === '—' && words[1] === name)
    .map((words) => Buffer.from(words[2] ?? '', 'base64'));
  const own = signatures.filter((bytes) => bytes.subarray(0, 4).toString('hex') === id);
  const known = own.length > 0;
  const signed = own.every((s) => verifySignature(null, Buffer.from(text), publicKey, s.subarray(4)));
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), known, signed, kept };
}

/** The hash over the leaves a to b - 1; `before` has the subtrees that the export does not reach, by `a-b`. */
/** @type {(a: number, b: number, from: number, before: Map<string, Buffer>, leaves: Buffer[]) => Buffer} */
function treeHash(a, b, from, before, leaves) {
  if (a === b) return sha256();
  const known = before.get(`${a}-${b}`) ?? (b - a === 1 ? leaves[a - from] : undefined);
  if (known !== undefined) return known;
  let k = 1;
  while (k * 2 < b - a) k *= 2;
  const [left, right] = [treeHash(a, a + k, from, before, leaves), treeHash(a + k, b, from, before, leaves)];
  return sha256(Buffer.of(1), left, right);
}

/** @type {(header: Header) => Map<string, Buffer>} */
function subtreesBefore({ from, frontier }) {
  /** @type {Map<string, Buffer>} */
  const before = new Map();
  let [start, index] = [0, 0];
  for (let power = 2 ** 52; power >= 1; power /= 2) {
    if (Math.floor(from / power) % 2 === 0) continue;
    before.set(`${start}-${start + power}`, Buffer.from(frontier[index] ?? '', 'base64'));
    [start, index] = [start + power, index + 1];
  }
  if (index !== frontier.length) throw new Error('not a frontier');
  return before;
}

/** @type {(record: AuditRecord, openings: Opening[]) => boolean} */
function openingsFit({ personal }, openings) {
  const fits = (/** @type {Opening} */ opening, /** @type {number} */ at) => {
    if (opening === null) return true;
    const salt = Buffer.from(opening.salt, 'base64url');
    const isText = Object.values(opening.values).every((value) => value === null || typeof value === 'string');
    return (
      isText && salt.length === 32 && sha256(salt, canonical(opening.values)).toString('base64url') === personal[at]
    );
  };
  return openings.length === 0 || (openings.length === personal.length && openings.every(fits));
}

/** @type {(record: AuditRecord) => boolean} */
const isNaming = ({ type, data }) =>
  ['PrimaryAccountRegistered', 'AuditOriginChanged'].includes(type) && typeof data.auditOrigin === 'string';

/** What is wrong, as words with places; throws where the input is unusable. */
/** @type {(text: string, key: string, notes: string[]) => { findings: string[], canProve: boolean }} */
function check(text, key, notes) {
  const [first = '', ...rest] = text.split('\n').slice(0, -1);
  const header = /** @type {Header} */ (parse(first));
  if (header.format !== 'virtual-mfa-audit' || header.version !== 1) throw new Error('not an export');
  const { account, from, origin } = header;
  const before = subtreesBefore(header);
  const checkpoints = [
    ...notes.map((note) => readCheckpoint(note, key, true)),
    ...header.checkpoints.map((note) => readCheckpoint(note, key, false)),
  ].filter((checkpoint) => checkpoint.origin.split('/').slice(1).at(-1) === account);
  const isKnown = checkpoints.every(({ known }) => known);
  const findings = checkpoints.filter(({ signed }) => !signed).map(({ size }) => `BAD_SIGNATURE ${size}`);
  const usable = checkpoints
    .filter(({ known, signed, size }) => known && signed && size >= from)
    .sort((a, b) => a.size - b.size);

  const leaves = [];
  /** @type {[seq: number, origin: unknown][]} */
  const named = [];
  let [next, whole] = [from, Infinity];
  for (const { hash, openings = [], record } of /** @type {Line[]} */ (rest.map(parse))) {
    if (record.v !== 1) throw new Error('not a record');
    const { seq } = record;
    if (sha256(Buffer.of(0), canonical(record)).toString('base64') !== hash) findings.push(`HASH_MISMATCH ${seq}`);
    if (!openingsFit(record, openings)) findings.push(`COMMITMENT_MISMATCH ${seq}`);
    if (seq !== next || record.data.accountId !== account) findings.push(`SEQ_GAP ${next} ${seq}`);
    if (seq === next && record.data.accountId === account && isNaming(record))
      named.push([seq, record.data.auditOrigin]);
    if (seq < next) continue;
    if (seq > next) whole = Math.min(whole, next);
    leaves.push(Buffer.from(hash, 'base64'));
    next = seq + 1;
  }

  /** @type {number[]} */
  const matched = [0];
  let wrong = false;
  for (const { size, root, origin: signedUnder } of usable.filter((one) => one.size <= Math.min(next, whole))) {
    const namedBefore = named.filter(([seq]) => seq < size).map(([, name]) => name);
    if (from === 0 && namedBefore.length > 0 && !namedBefore.includes(signedUnder))
      findings.push(`ORIGIN_MISMATCH ${size}`);
    const isSame = treeHash(0, size, from, before, leaves).equals(root);
    if (!isSame && !wrong) findings.push(`ROOT_MISMATCH ${matched.findLast((one) => one < size) ?? 0} ${size}`);
    if (isSame) matched.push(size);
    wrong = !isSame;
  }
  const largest = usable.at(-1)?.size ?? 0;
  if (largest > next) findings.push(`TRUNCATED ${next} ${largest}`);
  const isNamed = usable.some((one) => one.origin === origin) || named.some(([, name]) => name === origin);
  const isProvable = usable.some(({ kept }) => kept) || (notes.length === 0 && usable.length > 0);
  return { findings, canProve: isKnown && isNamed && isProvable };
}

/** Verifies an export. */
/** @type {(text: string, key: string, notes: string[]) => { verdict: 'sound' | 'tampered' | 'unusable', findings: string[] }} */
export function verify(text, key, notes) {
  try {
    const { findings, canProve } = check(text, key, notes);
    if (findings.length > 0) return { verdict: 'tampered', findings };
    return { verdict: canProve ? 'sound' : 'unusable', findings };
  } catch {
    return { verdict: 'unusable', findings: [] };
  }
}

const [script = '', exportFile, key, ...files] = process.argv.slice(1);
if (script.endsWith('second-verifier.mjs')) {
  const read = (/** @type {string} */ file) => readFileSync(file, 'utf8');
  const { verdict, findings } = verify(read(exportFile ?? ''), key ?? '', files.map(read));
  for (const finding of findings) console.log(finding);
  console.log(verdict);
  process.exitCode = { sound: 0, tampered: 1, unusable: 2 }[verdict];
}
