import { markdownTable, sectionOf, withSection } from '../../bench/framework/markdown.js';

/** What Jest counted. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly suites: number;
}

/** One run of the whole suite on one Node.js. */
export interface NodeResult extends Counts {
  readonly version: string;
  readonly seconds: number;
  /** The day, `YYYY-MM-DD`. */
  readonly date: string;
  readonly commit: string;
}

const SECTION = 'nodes';
const HEAD = ['Node.js', 'suites', 'tests passed', 'failed', 'skipped', 'seconds', 'date', 'commit'];

/** Reads the line that the reporter of counts leaves; all zero where no test file ended. */
export function countsIn(line: string): Counts {
  const [passed = 0, failed = 0, skipped = 0, suites = 0] = line.trim().split(' ').map(Number);
  return { passed, failed, skipped, suites };
}

function lineOf({ version, suites, passed, failed, skipped, seconds, date, commit }: NodeResult): readonly string[] {
  const counts = [suites, passed, failed, skipped, seconds].map((count) => count.toLocaleString('en'));
  return [version, ...counts, date, commit];
}

function keptLines(page: string): readonly (readonly string[])[] {
  const rows = sectionOf(page, SECTION).split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

const majorOf = ([version = '']: readonly string[]): number => Number.parseInt(version, 10);

/** The page with these results in its table. Other Nodes keep the line that they have. @throws where it has no such section */
export function withResults(page: string, results: readonly NodeResult[]): string {
  const lines = new Map([...keptLines(page), ...results.map(lineOf)].map((line) => [majorOf(line), line]));
  const sorted = [...lines.values()].sort((one, other) => majorOf(one) - majorOf(other));
  return withSection(page, SECTION, markdownTable(HEAD, sorted));
}
