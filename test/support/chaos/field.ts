import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClockFile } from '../cluster/clock-file.js';
import type { Cluster } from '../cluster/cluster.js';
import { createChaosNode, type ChaosNode } from './node.js';

/** Service processes on one log, to which things happen. */
export interface Field extends Cluster {
  readonly nodes: readonly ChaosNode[];
  /** The first of them. */
  readonly node: ChaosNode;
  /** One more, with other variables and files of its own; not started, and not ended with the field. */
  another(environment: Readonly<Record<string, string>>): ChaosNode;
}

export interface FieldOptions {
  readonly size?: number;
  /** The folder of an SQLite log; one of its own by default. */
  readonly folder?: string;
  /** Where nodes find the log, if it is on a server. */
  readonly logUrl?: string;
  /** Where the log is read past the nodes, if that is elsewhere. */
  readonly directUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

function keyRing(): string {
  const key = () => randomBytes(32).toString('base64');
  return JSON.stringify({ active: 'first', sealing: { first: key() }, digest: key() });
}

function foldersOf(root: string, { size = 1, folder, logUrl }: FieldOptions): readonly string[] {
  const nameOf = (index: number): string =>
    logUrl === undefined ? (folder ?? join(root, 'data')) : join(root, `node-${index + 1}`);
  return Array.from({ length: size }, (_, index) => nameOf(index));
}

function deleteReadModels(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith('read-models')) rmSync(join(folder, name));
}

/** Starts so many nodes on a log that nobody else has. */
export async function startField(options: FieldOptions = {}): Promise<Field> {
  const root = mkdtempSync(join(tmpdir(), 'virtual-mfa-chaos-'));
  const clock = createClockFile(join(root, 'clock'));
  const folders = foldersOf(root, options);
  const { logUrl, directUrl = logUrl, environment = {} } = options;
  const common = { TEST_CLOCK_FILE: join(root, 'clock'), KEY_RING: keyRing(), LOG_LEVEL: 'warn', ...environment };
  const nodes = folders.map((folder, index) => {
    mkdirSync(folder, { recursive: true });
    const own = { DATA_DIR: folder, ...(logUrl !== undefined && { EVENT_STORE_URL: logUrl }) };
    return createChaosNode(`node ${index + 1}`, { ...common, ...own });
  });
  const [node] = nodes;
  if (node === undefined) throw new Error('a field has one node at least');
  const startAll = () => Promise.all(nodes.map((each) => each.start()));
  const dispose = async (): Promise<void> => {
    await Promise.all(nodes.map((each) => each.kill()));
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await startAll();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    ...{ nodes, node, clock, log: null, dispose },
    another: (more) => createChaosNode('another node', { ...common, DATA_DIR: join(root, 'another'), ...more }),
    up: () => nodes.filter((each) => each.isUp()),
    place: { folder: folders[0] ?? root, eventStoreUrl: directUrl ?? null },
    faults: () => nodes.flatMap((each) => each.fault() ?? []),
    async rebuild() {
      await Promise.all(nodes.map((each) => each.stop()));
      for (const folder of new Set(folders)) deleteReadModels(folder);
      await startAll();
    },
  };
}
