import 'reflect-metadata';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
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

async function measure(measured: readonly Row[], options: Options): Promise<readonly RowResult[]> {
  const { quick = false, large = false, profile = false } = options;
  const { show: progress, clear } = createProgress();
  const milliseconds = quick ? ROUND.quick : ROUND.full;
  const settings: Settings = { quick, large, profile, milliseconds, progress };
  buildService(settings);
  const results: RowResult[] = [];
  for (const row of measured) results.push(await measureRow(row, settings, roundsOf(options)));
  clear();
  return results;
}

function keep(results: readonly RowResult[], about: Surroundings, { quick = false }: Options): void {
  const file = quick ? 'results.quick.json' : 'results.json';
  keepResults(join(BENCH, file), results, { names: rows.map(({ name }) => name), about });
  if (!quick) writePages();
  console.log(`The figures are in bench/${file}${quick ? '' : ', and in README.md'}.`);
}

async function benchRows(measured: readonly Row[], options: Options): Promise<void> {
  const about = surroundings();
  const before = new Set(profilesThere());
  const results = await measure(measured, options);
  console.log(tableOf(results));
  if (options.profile === true) {
    for (const name of profilesThere()) if (!before.has(name)) console.log(`\n${topOf(name)}`);
  } else {
    keep(results, about, options);
  }
  if (results.some(({ failure }) => failure !== null)) process.exitCode = 1;
}

async function bench(names: readonly string[], options: Options, command: Command): Promise<void> {
  const measured = chosen(names, command);
  if (options.list === true) console.log(list());
  else if (options.table === true) writePages();
  else await benchRows(measured, options);
}

await new Command()
  .name('npm run bench --')
  .description('measures the service beside what it is compared with; docs/performance.md tells how')
  .argument('[names...]', 'rows to measure; all if left out')
  .option('--list', 'name the rows and their targets')
  .option('--table', 'write the table in README.md anew from bench/results.json, and measure nothing')
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
