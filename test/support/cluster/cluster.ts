import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOG_KIND } from '../log-server.js';
import type { Clock } from '../service.js';
import type { LogPlace } from '../stored.js';
import { createClockFile } from './clock-file.js';
import { startLogProcess, type LogProcess } from './log-process.js';
import { createNode, type ClusterNode } from './node.js';

/** Service processes on one log, with one key ring and one clock. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  /** The nodes that requests may be sent to. */
  readonly up: () => readonly ClusterNode[];
  readonly clock: Clock;
  /** Where the log is, to be read past the nodes. */
  readonly place: LogPlace;
  /** The process that the log is in; null where it is a file. */
  readonly log: LogProcess | null;
  /** What went wrong with a process that was not to blame for it. */
  readonly faults: () => readonly string[];
  /** Stops every node, deletes what they know by their read models, and starts them again. */
  rebuild(): Promise<void>;
  dispose(): Promise<void>;
}

function keyRing(): string {
  const key = () => randomBytes(32).toString('base64');
  return JSON.stringify({ active: 'first', sealing: { first: key() }, digest: key() });
}

/** Nodes of one machine share the folder of an SQLite log; those of an EventStoreDB share nothing. */
function foldersOf(root: string, size: number): readonly string[] {
  const names = Array.from({ length: size }, (_, index) => (LOG_KIND === 'sqlite' ? 'data' : `node-${index + 1}`));
  return names.map((name) => join(root, name));
}

/** Starts a cluster of so many nodes, on an empty log of the kind that `TEST_LOG` names. */
export async function startCluster(size = 3): Promise<Cluster> {
  const root = mkdtempSync(join(tmpdir(), 'virtual-mfa-cluster-'));
  const clock = createClockFile(join(root, 'clock'));
  const log = LOG_KIND === 'sqlite' ? null : await startLogProcess(join(root, 'log'));
  const folders = foldersOf(root, size);
  const common = { TEST_CLOCK_FILE: join(root, 'clock'), KEY_RING: keyRing(), LOG_LEVEL: 'warn' };
  const nodes = folders.map((folder, index) => {
    mkdirSync(folder, { recursive: true });
    const environment = { ...common, DATA_DIR: folder, ...(log && { EVENT_STORE_URL: log.url }) };
    return createNode(`node ${index + 1}`, environment);
  });
  const startAll = () => Promise.all(nodes.map((node) => node.start()));

  async function dispose(): Promise<void> {
    await Promise.all(nodes.map((node) => node.kill()));
    await log?.kill();
    rmSync(root, { recursive: true, force: true });
  }

  try {
    await startAll();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    ...{ nodes, clock, log, dispose },
    up: () => nodes.filter((node) => node.isUp()),
    place: { folder: folders[0] ?? root, eventStoreUrl: log?.url ?? null },
    faults: () => nodes.flatMap((node) => node.fault() ?? []),
    async rebuild() {
      await Promise.all(nodes.map((node) => node.stop()));
      for (const folder of new Set(folders)) {
        const files = readdirSync(folder).filter((name) => name.startsWith('read-models'));
        for (const file of files) rmSync(join(folder, file));
      }
      await startAll();
    },
  };
}
