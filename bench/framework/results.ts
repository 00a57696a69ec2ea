import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import { DRIVER } from '../../src/sqlite/driver.js';
import { BENCH, ROOT } from '../support/paths.js';
import type { RowResult } from './run.js';

const PACKAGES = ['@apollo/server', 'fastify', 'graphql', 'type-graphql', '@node-rs/argon2'];

function versionIn(folder: string, name: string): string {
  const path = join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(path)) return 'not installed';
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
}

function sqliteVersion(): string {
  const database = openConnection(':memory:');
  try {
    return String(database.prepareValues('SELECT sqlite_version()').get());
  } finally {
    database.close();
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, stdio: 'pipe' }).toString().trim();
  } catch {
    return 'unknown';
  }
}

/** What everything ran on. */
export interface Surroundings {
  readonly machine: {
    readonly processor: string;
    readonly processors: number;
    readonly memoryGiB: number;
    readonly system: string;
    readonly loadAtStart: number;
  };
  readonly versions: Readonly<Record<string, string>>;
}

/** What everything runs on. */
export function surroundings(): Surroundings {
  const processors = cpus();
  return {
    machine: {
      processor: processors[0]?.model ?? 'unknown',
      processors: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${release()}`,
      loadAtStart: loadavg()[0] ?? NaN,
    },
    versions: {
      commit: commit(),
      node: process.version,
      sqlite: sqliteVersion(),
      driver: DRIVER.name,
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionIn(ROOT, name)])),
      'better-auth': versionIn(join(BENCH, 'peers'), 'better-auth'),
    },
  };
}

/** A row as it was kept, with when and on what it was measured. */
export type KeptRow = RowResult & { readonly measuredAt: string } & Surroundings;

/** The rows that a file keeps; none where there is no such file. */
export function keptResults(path: string): readonly KeptRow[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { rows: KeptRow[] }).rows : [];
}

interface Keeping {
  /** Of all rows that there are, in their order. */
  readonly names: readonly string[];
  readonly about: Surroundings;
}

/** Keeps what was measured in a file; rows that were not measured this time stay as they are. */
export function keepResults(path: string, results: readonly RowResult[], { names, about }: Keeping): void {
  const measuredAt = new Date().toISOString();
  const fresh = results.map((result) => ({ ...result, measuredAt, ...about }));
  const known = [...fresh, ...keptResults(path)];
  const rows = names.flatMap((name) => known.find((row) => row.name === name) ?? []);
  writeFileSync(path, `${JSON.stringify({ met: rows.every(({ met }) => met), rows }, null, 2)}\n`);
}
