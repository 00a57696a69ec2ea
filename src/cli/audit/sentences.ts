import { counted } from '../counted.js';
import type {
  CheckpointSource,
  Finding,
  Problem,
  Proven,
  Unopened,
  UnusedCheckpoint,
  UnusedReason,
} from '../../audit/verification/finding.js';

function spanOf(from: number, to: number): string {
  return to - from === 1 ? `record ${from}` : `records ${from} to ${to - 1}`;
}

function nameOf({ from, index }: CheckpointSource): string {
  return from === 'KEPT' ? `kept checkpoint no. ${index + 1}` : `checkpoint no. ${index + 1} of the export`;
}

type FindingNamed<C extends Finding['code']> = Extract<Finding, { readonly code: C }>;

const FINDINGS: { readonly [C in Finding['code']]: (finding: FindingNamed<C>) => string } = {
  HASH_MISMATCH: ({ seq }) => `record ${seq} was changed: it is not the one that its hash is of`,
  SEQ_GAP: ({ seq, found }) =>
    `at record ${seq} stands record ${found.seq} of account ${found.account ?? 'unknown'}: records are missing, stand twice or elsewhere, or are another account's`,
  COMMITMENT_MISMATCH: ({ seq }) => `in record ${seq} a personal value is not what was recorded`,
  ROOT_MISMATCH: ({ from, to }) =>
    `${spanOf(from, to)}: something there was changed, dropped or put in, and hashed anew: they are not those that the checkpoint of size ${to} was signed over`,
  TRUNCATED: ({ from, to }) =>
    `${spanOf(from, to)}, which a checkpoint of size ${to} counted, ${to - from === 1 ? 'is' : 'are'} missing at the end`,
  ORIGIN_MISMATCH: ({ checkpoint, origin, size }) =>
    `${nameOf(checkpoint)}, of size ${size}, is signed under ${origin}, which no record before it names: the service records each rename of its origin`,
  BAD_SIGNATURE: ({ checkpoint, size }) =>
    `${nameOf(checkpoint)}, which says it is of size ${size}, has a wrong signature: somebody else wrote it, or it was changed`,
};

interface Read {
  readonly records: number;
  readonly findings: number;
}

/** What a finding says, in a sentence. */
export function sentenceOfFinding(finding: Finding): string {
  // Each code has the sentence of its own finding.
  return (FINDINGS as Readonly<Record<string, (finding: Finding) => string>>)[finding.code]?.(finding) ?? finding.code;
}

/** What stood in the way of an answer, and what to do. */
export function sentenceOfProblem(problem: Problem): string {
  switch (problem.code) {
    case 'EMPTY':
      return 'there is nothing in it: give an export';
    case 'MALFORMED_HEADER':
      return 'it does not begin as an export does: give a native export, from its first line on';
    case 'UNKNOWN_VERSION':
      return 'its format is newer than this release: verify it by that release';
    case 'MALFORMED_LINE':
      return `line ${problem.line} is no record of an export: it was cut or edited; fetch the export again`;
    case 'MALFORMED_CHECKPOINT':
      return `${nameOf(problem.checkpoint)} is no checkpoint: give files that hold checkpoints and nothing else`;
    case 'UNKNOWN_KEY':
      return `${nameOf(problem.checkpoint)} is signed by ${problem.key}, a key that was not given: give its verifier key with --key, or find out who signed it`;
    case 'NO_CHECKPOINT':
      return 'no checkpoint is of this account, signed by a given key, and reached by what was read: give one that somebody kept';
    case 'UNKNOWN_ORIGIN':
      return `no checkpoint that was used, and no record, has the origin ${problem.origin}, which the export says it is of: give a checkpoint of that origin`;
  }
}

const UNUSED: Readonly<Record<UnusedReason, string>> = {
  MALFORMED: 'it is no checkpoint',
  OTHER_ACCOUNT: 'its origin names no account that is verified',
  UNKNOWN_KEY: 'no key that was given signed it',
  BEFORE_START: 'it is smaller than the first record of the export: export from an earlier one',
  AFTER_GAP: 'records before it are missing',
  NOT_REACHED: 'what was read ends before it',
};

/** Numbers of checkpoints that a sentence names. */
const MOST_NUMBERS = 5;

function numbersOf(unused: readonly UnusedCheckpoint[]): string {
  const named = unused.slice(0, MOST_NUMBERS).map(({ checkpoint }) => String(checkpoint.index + 1));
  const more = unused.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function sentenceOfUnused(unused: readonly UnusedCheckpoint[]): string {
  const [first] = unused;
  if (first === undefined) return '';
  const { checkpoint, origin, reason } = first;
  const whose = checkpoint.from === 'KEPT' ? 'kept checkpoint' : "the export's checkpoint";
  const under = origin === null ? '' : ` of ${origin}`;
  return `${whose} no. ${numbersOf(unused)}${under} not used: ${UNUSED[reason]}`;
}

/** What is said of the checkpoints that were not used: one sentence for each source, origin and reason. */
export function sentencesOfUnused(unused: readonly UnusedCheckpoint[]): readonly string[] {
  const groups = new Map<string, UnusedCheckpoint[]>();
  for (const one of unused) {
    const group = JSON.stringify([one.checkpoint.from, one.origin, one.reason]);
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups.values()].map(sentenceOfUnused);
}

function firstOf(size: number): string {
  return size === 1 ? 'first record is the one' : `first ${size} records are those`;
}

/** What is proven, and against what. For a changed trail it says how far the rest is proven. */
export function sentenceOfProven({ kept, exported }: Proven, { records, findings }: Read): string {
  const changed = findings === 0 ? '' : 'this is not the trail that was signed; ';
  if (kept !== null)
    return `${changed}the ${firstOf(kept)} over which the kept checkpoint was signed (${records} read)`;
  if (exported === null) return `${changed}nothing is proven (${counted(records, 'record')} read)`;
  return `${changed}the ${exported === 1 ? 'first record fits' : `first ${exported} records fit`} the export's own checkpoint (${records} read); whoever has the signing key could have made both: give a --checkpoint that somebody else kept`;
}

/** What is said of personal values that are not given; null where all are. */
export function sentenceOfUnopened({ count, of }: Unopened): string | null {
  if (count === 0) return null;
  return `${count} of ${counted(of, 'commitment')} to personal values ${count === 1 ? 'has' : 'have'} no values: these were erased, or left out of the export`;
}
