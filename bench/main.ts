import 'reflect-metadata';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { keepCurves, keptCurves } from './curves/curve.js';
import { curvesMarkdown } from './curves/curves-table.js';
import { measureCurves } from './curves/measure.js';
import { writePages } from './framework/pages.js';
import { createProgress } from './framework/progress.js';
import { keepResults, surroundings, type Surroundings } from './framework/results.js';
import type { Row, Settings } from './framework/row.js';
import { measureRow, type RowResult } from './framework/run.js';
import { tableOf } from './framework/table.js';
import { rows } from './rows/rows.js';
import { buildService } from './support/build.js';
import { BENCH } from './support/paths.js';
import { profilesThere, topOf } from './support/profile.js';

interface Options {
  readonly list?: true;
  readonly table?: true;
  readonly curves?: true;
  readonly quick?: true;
  readonly large?: true;
  readonly profile?: true;
  readonly rounds?: number;
}

/** How long one side is measured in one round. */
const ROUND = { quick: 1_000, full: 4_000 };
const ROUNDS = { quick: 1, full: 3, profiled: 1 };

function counted(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError('a number of rounds is 1 or more');
  return rounds;
}

function chosen(names: readonly string[], command: Command): readonly Row[] {
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) command.error(`There is no row ${unknown}. npm run bench -- --list names them all.`);
  return names.length === 0 ? rows : rows.filter(({ name }) => names.includes(name));
}

function list(): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, work, targets }) => `${name.padEnd(width)}  ${work}: ${targets.map(({ text }) => text).join('; ')}`)
    .join('\n');
}

function roundsOf({ quick, profile, rounds }: Options): number {
  if (rounds !== undefined) return rounds;
  return profile === true ? ROUNDS.profiled : quick === true ? ROUNDS.quick : ROUNDS.full;
}

/** Measures something of the service as it is, and shows how far that is. */
async function measuring<T>(options: Options, work: (settings: Settings) => Promise<T>): Promise<T> {
  const { quick = false, large = false, profile = false } = options;
  const { show: progress, clear } = createProgress();
  const milliseconds = quick ? ROUND.quick : ROUND.full;
  const settings: Settings = { quick, large, profile, milliseconds, progress };
  buildService(settings);
  try {
    return await work(settings);
  } finally {
    clear();
  }
}

function keep(results: readonly RowResult[], about: Surroundings, options: Options): void {
  const { quick = false } = options;
  const file = quick ? 'results.quick.json' : 'results.json';
  keepResults(join(BENCH, file), results, { names: rows.map(({ name }) => name), about });
  if (!quick) writePages();
  console.log(`The figures are in bench/${file}${quick ? '' : ', and in README.md'}.`);
}

async function benchRows(measured: readonly Row[], options: Options): Promise<void> {
  const about = surroundings();
  const before = new Set(profilesThere());
  const results = await measuring(options, async (settings) => {
    const reached: RowResult[] = [];
    for (const row of measured) reached.push(await measureRow(row, settings, roundsOf(options)));
    return reached;
  });
  console.log(tableOf(results));
  if (options.profile === true) {
    for (const name of profilesThere()) if (!before.has(name)) console.log(`\n${topOf(name)}`);
  } else {
    keep(results, about, options);
  }
  if (results.some(({ failure }) => failure !== null)) process.exitCode = 1;
}

async function benchCurves(options: Options, command: Command): Promise<void> {
  const about = surroundings();
  const file = options.quick === true ? 'curves.quick.json' : 'curves.json';
  const path = join(BENCH, file);
  const curves = await measuring(options, (settings) => measureCurves(settings, roundsOf(options))).catch(
    (error: unknown) => command.error(`The curves could not be measured: ${String(error)}`),
  );
  keepCurves(path, curves, about);
  if (options.quick !== true) writePages();
  console.log(`${curvesMarkdown(keptCurves(path))}\n\nThe figures are in bench/${file}.`);
}

async function bench(names: readonly string[], options: Options, command: Command): Promise<void> {
  const { list: listing, curves, table } = options;
  const measured = chosen(names, command);
  if (names.length > 0 && (curves ?? table)) command.error('--curves and --table take no names of rows.');
  if (listing) console.log(list());
  else if (table) writePages();
  else if (curves) await benchCurves(options, command);
  else await benchRows(measured, options);
}

await new Command()
  .name('npm run bench --')
  .description('measures the service beside what it is compared with; docs/performance.md tells how')
  .argument('[names...]', 'rows to measure; all if left out')
  .option('--list', 'name the rows and their targets')
  .addOption(
    new Option('--curves', 'measure what must not grow with age, on logs of more and more events').conflicts('profile'),
  )
  .option('--table', 'write the tables in README.md and docs/performance.md anew from what is kept; measure nothing')
  .option('--quick', 'one short round on little data: shows that it works, not how fast it is')
  .option('--large', 'ten times as many events where that takes long to prepare')
  .option(
    '--profile',
    "one round of the service's side, leaving CPU profiles in bench/profiles/, with what took most time",
  )
  .option('--rounds <count>', 'how many rounds; 3 by default', counted)
  .showHelpAfterError()
  .action(bench)
  .parseAsync();
process.exit();
