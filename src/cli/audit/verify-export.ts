import type { Finding, Proven, UnusedCheckpoint, Verification } from '../../audit/verification/finding.js';
import { verifyTrail } from '../../audit/verification/verify-trail.js';
import { counted } from '../counted.js';
import { openProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { linesOf, openInput, readCheckpoints, readKeys, unpacked, UnusableInputError, type Input } from './input.js';
import { EXIT_CODES, openReport, type Report } from './report.js';
import { sentenceOfFinding, sentenceOfProblem, sentenceOfProven, sentenceOfUnopened } from './sentences.js';

/** What is verified, and against what. */
export interface VerifyExportOptions {
  /** The export, packed by gzip or not; `-` for standard input. */
  readonly file: string;
  /** Files with checkpoints that somebody kept. */
  readonly checkpoint: readonly string[];
  /** Verifier keys, or files of them. */
  readonly key: readonly string[];
  /** Whether to report for programs. */
  readonly json: boolean;
}

const NOTHING_PROVEN: Proven = { kept: null, exported: null };

function shareOf(input: Input): number | null {
  return input.size === null || input.size === 0 ? null : input.read() / input.size;
}

function concluded(report: Report, verification: Verification): number {
  const { verdict, findings, problem, records, proven, unopened } = verification;
  const sentence = sentenceOfUnopened(unopened);
  if (sentence !== null) report.warning(sentence);
  report.conclude({
    verdict,
    problem: problem && sentenceOfProblem(problem),
    proven: sentenceOfProven(proven, { records, findings }),
    details: { findings, problem, records, proven, unopened },
  });
  return EXIT_CODES[verdict];
}

/** Ends where the input could not be read to its end: what was found before still counts. */
function broken(report: Report, findings: number, error: UnusableInputError): number {
  const verdict = findings > 0 ? 'tampered' : 'unusable';
  const problem = { code: error.code };
  report.conclude({
    ...{ verdict, problem: error.message, proven: 'it could not be read to its end, and nothing is proven' },
    details: { findings, problem, records: null, proven: NOTHING_PROVEN },
  });
  return EXIT_CODES[verdict];
}

/** Verifies an export without asking anybody; answers the exit code: 0 sound, 1 tampered, 2 unusable. */
export async function verifyExport(options: VerifyExportOptions, terminal: Terminal): Promise<number> {
  const report = openReport(terminal.stdout, options.json);
  const progress = openProgress(terminal.stderr);
  let findings = 0;
  const onFinding = (finding: Finding): void => {
    findings += 1;
    progress.clear();
    report.finding(finding.code, sentenceOfFinding(finding), finding);
  };
  const onUnused = (unused: UnusedCheckpoint): void => {
    progress.clear();
    report.unused(unused);
  };
  try {
    const keys = await readKeys(options.key);
    const checkpoints = await readCheckpoints(options.checkpoint);
    const input = await openInput(options.file, terminal);
    const evidence = { lines: linesOf(unpacked(input.bytes)), checkpoints, keys };
    const onProgress = (records: number): void => progress.show(shareOf(input), counted(records, 'record'));
    const verification = await verifyTrail(evidence, { onFinding, onUnused, onProgress });
    progress.clear();
    return concluded(report, verification);
  } catch (error) {
    progress.clear();
    if (!(error instanceof UnusableInputError)) throw error;
    return broken(report, findings, error);
  }
}
