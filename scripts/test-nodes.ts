/** Runs the tests on other Nodes than the one of this machine, and writes down what was counted. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { installedNode, nodesFolder, RELEASES, type InstalledNode, type Major } from './nodes/installed.js';
import { countsIn, withResults, type Counts, type NodeResult } from './nodes/results.js';

const DOCUMENT = 'docs/reliability.md';
const BY_DEFAULT: readonly Major[] = [22, 24, 26];
const MAJORS = Object.keys(RELEASES).map(Number) as Major[];

/** The bundle starts, serves and ends with 0 on SIGTERM; the mission document; one log for that Node and for this one. */
const SHORT = ['test/process/bundle.test.ts', 'test/process/two-nodes.test.ts', 'test/e2e/document.test.ts'];

const HELP = `npm run test:nodes -- [options]

Runs the whole suite on ${BY_DEFAULT.map((major) => `Node.js ${RELEASES[major]}`).join(', ')}, and writes the counts into ${DOCUMENT}.
npm installs these Nodes when they are first needed, outside the clone: in ${nodesFolder(process.env)};
the environment variable TEST_NODES_FOLDER names another folder.

  --only <major>   one Node: ${MAJORS.join(', ')}; may be given several times
  --short          the short form of CI, which writes nothing: on each Node the bundle starts, serves and ends with
                   exit code 0 on SIGTERM, shares a log with a process of this machine's Node, and the mission
                   document passes
  --help           show this

Exits with 1 if a test failed, or none ran.
`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function chosen(only: readonly string[]): readonly Major[] {
  if (only.length === 0) return BY_DEFAULT;
  return only.map((text) => {
    const found = MAJORS.find((major) => String(major) === text);
    if (found === undefined) throw new Error(`--only takes ${MAJORS.join(', ')}, not ${text}.`);
    return found;
  });
}

/** Runs Jest on a Node.js, with that Node.js first on PATH: what npm and the tests start runs on it too. */
async function runJest(node: InstalledNode, countsFile: string, files: readonly string[]): Promise<number> {
  const child = spawn('npm', ['test', '--', ...files], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${node.binFolder}${delimiter}${process.env.PATH ?? ''}`,
      JEST_COUNTS_FILE: countsFile,
      // Processes on this Node.js and on that one share a log in a test.
      OTHER_NODE: process.execPath,
    },
  });
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn);
  const [code] = (await once(child, 'close')) as [number | null];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, passOn);
  return code ?? 1;
}

interface Run extends Counts {
  readonly version: string;
  readonly seconds: number;
  readonly succeeded: boolean;
}

async function runOn(node: InstalledNode, files: readonly string[]): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-nodes-'));
  const countsFile = join(folder, 'counts');
  const began = performance.now();
  try {
    say(`\nNode.js ${node.version}, ${node.path}`);
    const code = await runJest(node, countsFile, files);
    const counts = countsIn(existsSync(countsFile) ? readFileSync(countsFile, 'utf8') : '');
    const seconds = Math.round((performance.now() - began) / 1_000);
    return { ...counts, version: node.version, seconds, succeeded: code === 0 && counts.passed > 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is tested; with a mark where files differ from the commit. */
function commit(): string {
  return execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' }).trim();
}

function keep(results: readonly NodeResult[]): void {
  writeFileSync(DOCUMENT, withResults(readFileSync(DOCUMENT, 'utf8'), results));
  say(`The counts are in ${DOCUMENT}.`);
}

async function testNodes(only: readonly string[], short: boolean): Promise<void> {
  const about = { date: new Date().toISOString().slice(0, 10), commit: short ? '' : commit() };
  const nodes = chosen(only).map((major) => installedNode(major, process.env, say));
  const runs: Run[] = [];
  for (const node of nodes) runs.push(await runOn(node, short ? SHORT : []));
  say('');
  for (const { version, suites, passed, failed, skipped, seconds, succeeded } of runs) {
    const verdict = succeeded ? 'passed' : 'FAILED';
    say(
      `Node.js ${version} ${verdict}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${suites} suites, ${seconds} s`,
    );
  }
  if (!short) keep(runs.map((run) => ({ ...run, ...about })));
  if (!runs.every(({ succeeded }) => succeeded)) process.exitCode = 1;
}

function optionsGiven() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        short: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nnpm run test:nodes -- --help shows the options.`, { cause: error });
  }
}

try {
  const { only, short, help } = optionsGiven();
  if (help) process.stdout.write(HELP);
  else await testNodes(only, short);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
