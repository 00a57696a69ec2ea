import type { UnusedCheckpoint, Verdict } from '../../audit/verification/finding.js';
import { printable } from '../../canonical/printable.js';
import type { Output } from '../terminal.js';
import { sentencesOfUnused } from './sentences.js';

/** What a verification says at its end. */
export interface Conclusion {
  readonly verdict: Verdict;
  /** Why there is no answer; null where there is one. */
  readonly problem: string | null;
  /** What is proven. */
  readonly proven: string;
  /** All of it, for programs. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Tells what is found, as it is found, and how it ends. */
export interface Report {
  finding(code: string, sentence: string, details: object): void;
  /** Tells what is no finding of the trail, and what the reader should know. */
  warning(sentence: string): void;
  /** Takes note of a checkpoint that was not used; told before the conclusion. */
  unused(checkpoint: UnusedCheckpoint): void;
  conclude(conclusion: Conclusion): void;
}

const WORDS: Readonly<Record<Verdict, string>> = { sound: 'SOUND', tampered: 'TAMPERED', unusable: 'UNUSABLE' };

/** How a verification ends as an exit code. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = { sound: 0, tampered: 1, unusable: 2 };

/** Sentences on checkpoints that were not used; a file of checkpoints may be of many accounts. */
const MOST_UNUSED = 20;

/** Further ones are only counted: of a trail that is all wrong there is one for each record. */
const MOST_SENTENCES = 100;

function openSentences(output: Output): Report {
  let findings = 0;
  const unused: UnusedCheckpoint[] = [];
  const tellMore = (more: number): void => {
    if (more > 0) output.write(`… and ${more} more; --json tells each\n`);
  };
  return {
    finding(code, sentence) {
      findings += 1;
      if (findings <= MOST_SENTENCES) output.write(`${code}: ${printable(sentence)}\n`);
    },
    warning: (sentence) => void output.write(`warning: ${printable(sentence)}\n`),
    unused: (checkpoint) => void unused.push(checkpoint),
    conclude({ verdict, problem, proven }) {
      tellMore(findings - MOST_SENTENCES);
      const sentences = sentencesOfUnused(unused);
      for (const sentence of sentences.slice(0, MOST_UNUSED)) output.write(`${printable(sentence)}\n`);
      tellMore(sentences.length - MOST_UNUSED);
      if (problem !== null) output.write(`${printable(problem)}\n`);
      output.write(`${WORDS[verdict]}: ${printable(proven)}\n`);
    },
  };
}

function openLines(output: Output): Report {
  const write = (line: object): void => void output.write(`${printable(JSON.stringify(line))}\n`);
  return {
    finding: (_, message, details) => write({ finding: { ...details, message } }),
    warning: (warning) => write({ warning }),
    unused: (unused) => write({ unused: { ...unused, message: sentencesOfUnused([unused]).join('') } }),
    conclude: ({ verdict, problem, details }) => write({ verdict, ...details, message: problem }),
  };
}

/** A report in sentences, or for programs: one JSON object a line, findings first, the verdict last. */
export function openReport(output: Output, asJson: boolean): Report {
  return asJson ? openLines(output) : openSentences(output);
}
