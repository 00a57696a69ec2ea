/** Runs a cluster of three nodes over and over, each time with another seed, and writes down what was counted. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCluster, type RunReport } from '../test/support/cluster/run.js';

const HELP = `npm run test:cluster -- [options]

Three nodes on one log are driven by random requests while nodes, and the log's process if it has one, are killed and
started again; in the end every count must be exact. See docs/reliability.md.

  --times <n>      run it so often; 20 by default
  --seed <n>       the first run's seed, the next has the next; a random one by default
  --rounds <n>     rounds of each run; 30 by default
  --accounts <n>   accounts that things happen to at once; 2 by default
  --report <path>  write the counts there, as JSON; cluster-report.json by default
  --help           show this

  TEST_LOG=eventstoredb   on a double of EventStoreDB instead of SQLite
`;

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    rounds: { type: 'string', default: '30' },
    accounts: { type: 'string', default: '2' },
    report: { type: 'string', default: 'cluster-report.json' },
    help: { type: 'boolean', default: false },
  },
});

/** A run that went wrong, by what can be said of it without showing what was sent. */
interface Failure {
  readonly seed: number;
  readonly failure: string;
}

function numberOf(name: 'times' | 'seed' | 'rounds' | 'accounts'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < (name === 'seed' ? 0 : 1)) throw new Error(`--${name} is no number to go by`);
  return value;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function lineOf(report: RunReport): string {
  const { storiesTold, storiesBroken, requests, acknowledged, lost, events, nodesKilled } = report;
  const log = `log killed ${report.logKilled} times, frozen ${report.logFrozen} times`;
  return `  passed in ${report.seconds} s: ${storiesTold} stories and ${storiesBroken} broken off, ${requests} requests, ${acknowledged} acknowledged, ${lost} lost, ${events} events, nodes killed ${nodesKilled} times, ${log}`;
}

async function runOnce(seed: number): Promise<RunReport | Failure> {
  const options = { seed, rounds: numberOf('rounds'), accounts: numberOf('accounts') };
  try {
    const report = await runCluster({ ...options, progress: (line) => say(`  ${line}`) });
    say(lineOf(report));
    return report;
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    say(`  FAILED: ${failure}`);
    return { seed, failure };
  }
}

async function runAll(): Promise<void> {
  const [times, first] = [numberOf('times'), numberOf('seed')];
  const runs: (RunReport | Failure)[] = [];
  for (let time = 0; time < times; time += 1) {
    say(`run ${time + 1} of ${times}, seed ${first + time}`);
    runs.push(await runOnce(first + time));
    writeFileSync(values.report, `${JSON.stringify(runs, null, 2)}\n`);
  }
  const failed = runs.filter((run) => 'failure' in run);
  const seeds = failed.map(({ seed }) => seed).join(', ');
  say(`${runs.length - failed.length} of ${runs.length} runs passed${seeds && `; not those with the seeds ${seeds}`}`);
  say(`The counts are in ${values.report}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

if (values.help) process.stdout.write(HELP);
else await runAll();
