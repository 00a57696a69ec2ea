/** Does to the service what may happen to it, over and over, and writes down what was counted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { checkNames, checks, type CheckName } from '../test/support/chaos/checks.js';
import type { Counts } from '../test/support/chaos/verify.js';

const DOCUMENT = 'docs/reliability.md';

const HELP = `npm run test:chaos -- [options]

Real processes on real files are killed, starved, frozen and misled while they are used; every count must be exact.

  --times <n>      do it so often; each check has a number of its own by default
  --seed <n>       where chance begins; a random one by default
  --only <name>    one check: ${checkNames.join(', ')}
  --report <path>  write the counts there, as JSON; chaos-report.json by default
  --table          write the table of this run into ${DOCUMENT}
  --help           show this
`;

const { values } = parseArgs({
  options: {
    times: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    only: { type: 'string' },
    report: { type: 'string', default: 'chaos-report.json' },
    table: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** A check that was run. */
interface Run {
  readonly name: CheckName;
  readonly seed: number;
  readonly seconds: number;
  /** Null if it failed. */
  readonly counts: Counts | null;
  readonly failure: string | null;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function numberOf(given: string, name: string, least: number): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} is no number to go by`);
  return value;
}

function chosen(): readonly CheckName[] {
  const { only } = values;
  if (only === undefined) return checkNames;
  const found = checkNames.filter((name) => name === only);
  if (found.length === 0) throw new Error(`--only is none of ${checkNames.join(', ')}`);
  return found;
}

async function runOne(name: CheckName, seed: number): Promise<Run> {
  const { check, long, title } = checks[name];
  const times = values.times === undefined ? long : numberOf(values.times, 'times', 1);
  say(`${name}: ${title}, ${times} times, seed ${seed}`);
  const began = performance.now();
  const ended = (result: Pick<Run, 'counts' | 'failure'>): Run => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    say(`  ${result.failure === null ? 'passed' : `FAILED: ${result.failure}`} in ${seconds} s`);
    return { name, seed, seconds, ...result };
  };
  try {
    const counts = await check({ seed, times, progress: (line) => say(`  ${line}`) });
    say(`  ${wordsFor(counts)}`);
    return ended({ counts, failure: null });
  } catch (error) {
    return ended({ counts: null, failure: failureOf(error) });
  }
}

/** What went wrong, and where; never what was sent. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [place = ''] = /^ +at .*$/m.exec(error.stack ?? '') ?? [];
  return `${error.message}${place.replace(/^ +/, ' ')}`;
}

function wordsFor(counts: Counts): string {
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  return shown.map(([name, count]) => `${name} ${count.toLocaleString('en')}`).join(', ');
}

function tableOf(runs: readonly Run[]): string {
  const rows = runs.map(({ name, seed, seconds, counts }) => {
    const said = counts === null ? '**failed**' : wordsFor(counts);
    return `| \`${name}\`: ${checks[name].title} | ${seed} | ${seconds} | ${said} |`;
  });
  return ['| what happens | seed | seconds | counts |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Puts the table between the two marks of the document. */
async function writeTable(runs: readonly Run[]): Promise<void> {
  const text = readFileSync(DOCUMENT, 'utf8');
  const marked = /(<!-- chaos -->)[\s\S]*(<!-- \/chaos -->)/;
  if (!marked.test(text)) throw new Error(`${DOCUMENT} has no place for the table`);
  const filled = text.replace(marked, (_, from: string, to: string) => `${from}\n\n${tableOf(runs)}\n\n${to}`);
  const options = await resolveConfig(DOCUMENT);
  writeFileSync(DOCUMENT, await format(filled, { ...options, filepath: DOCUMENT }));
}

async function runAll(): Promise<void> {
  const seed = numberOf(values.seed, 'seed', 0);
  const runs: Run[] = [];
  for (const name of chosen()) {
    runs.push(await runOne(name, seed));
    writeFileSync(values.report, `${JSON.stringify({ seed, runs }, null, 2)}\n`);
  }
  if (values.table) await writeTable(runs);
  const failed = runs.filter(({ failure }) => failure !== null).map(({ name }) => name);
  say(`${runs.length - failed.length} of ${runs.length} checks passed with the seed ${seed}.`);
  if (failed.length > 0) say(`Again: npm run test:chaos -- --seed ${seed} --only ${failed[0] ?? ''}`);
  say(`The counts are in ${values.report}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

if (values.help) process.stdout.write(HELP);
else await runAll();
