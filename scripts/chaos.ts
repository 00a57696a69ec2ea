/** Does to the service what may happen to it, over and over, and writes down what was counted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { checkNames, checks, type CheckName } from '../test/support/chaos/checks.js';
import type { Counts } from '../test/support/chaos/verify.js';

const DOCUMENT = 'docs/reliability.md';

const HELP = `npm run test:chaos -- [options]

Real processes on real files are killed, starved, frozen and misled while they are used; every count must be exact.

  --times <n>      do it so often in each check; each has a number of its own by default
  --runs <n>       all of that so often, each time with the next seed; once by default
  --seed <n>       where chance begins; a random one by default
  --only <name>    one check: ${checkNames.join(', ')}
  --report <path>  write the counts there, as JSON; chaos-report.json by default
  --table          write the table of these runs into ${DOCUMENT}
  --from <path>    run nothing: take the counts of a report; may be given several times
  --help           show this
`;

const { values } = parseArgs({
  options: {
    times: { type: 'string' },
    runs: { type: 'string', default: '1' },
    from: { type: 'string', multiple: true },
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

function sumOf(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** What is no count of things that happened, and says nothing as a sum. */
const LONGEST = 'slowestStopMilliseconds';

function countsOf(runs: readonly Run[]): Counts {
  const all = runs.map(({ counts }) => counts).filter((counts) => counts !== null);
  const longest = Math.max(...all.map((counts) => counts[LONGEST] ?? 0));
  return { ...sumOf(all), [LONGEST]: longest };
}

/** One line for each check, with the counts of all of its runs together. */
function tableOf(runs: readonly Run[]): string {
  const rows = checkNames.flatMap((name) => {
    const own = runs.filter((run) => run.name === name);
    if (own.length === 0) return [];
    const passed = `${own.filter(({ failure }) => failure === null).length} of ${own.length}`;
    const seeds = own.map(({ seed }) => seed).join(', ');
    const seconds = own.map((run) => run.seconds).join(', ');
    return [`| \`${name}\`: ${checks[name].title} | ${passed} | ${seeds} | ${seconds} | ${wordsFor(countsOf(own))} |`];
  });
  return ['| what happens | passed | seeds | seconds | counts |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
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
  const first = numberOf(values.seed, 'seed', 0);
  const times = numberOf(values.runs, 'runs', 1);
  const runs: Run[] = [];
  for (let seed = first; seed < first + times; seed += 1) {
    for (const name of chosen()) {
      runs.push(await runOne(name, seed));
      writeFileSync(values.report, `${JSON.stringify({ runs }, null, 2)}\n`);
    }
  }
  if (values.table) await writeTable(runs);
  const failed = runs.filter(({ failure }) => failure !== null);
  say(`${runs.length - failed.length} of ${runs.length} checks passed.`);
  for (const { name, seed } of failed) say(`Again: npm run test:chaos -- --seed ${seed} --only ${name}`);
  say(`The counts are in ${values.report}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function runsIn(path: string): readonly Run[] {
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly runs: readonly Run[] }).runs;
}

if (values.help) process.stdout.write(HELP);
else if (values.from !== undefined) await writeTable(values.from.flatMap(runsIn));
else await runAll();
