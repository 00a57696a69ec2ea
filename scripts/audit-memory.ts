import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle } from './bundle.mjs';
import { openLogDatabase } from '../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../src/eventstore/sqlite/sqlite-event-store.js';

// What exporting and verifying a long audit trail takes of memory: `npm run bench:audit-memory -- [records]`. Linux only.
const RECORDS = Number(process.argv[2] ?? 1_000_000);
const PER_STREAM = 1_000;
const MEGABYTE = 1024;

const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-memory-'));
const DIST = 'dist';
const data = join(folder, 'data');
const environment = { PATH: process.env.PATH, NODE_ENV: 'test', DATA_DIR: data };
const output = join(folder, 'trail.ndjson');

function metadata(occurredAt: string) {
  const ids = { sessionId: 'session', requestId: 'request', correlationId: 'request', causationId: null };
  return { occurredAt, actor: { kind: 'USER' as const, id: 'ada' }, ...ids };
}

function accepted(seq: number) {
  const ids = { accountId: 'acme', userId: 'sam', deviceId: 'phone', challengeId: 'challenge' };
  const stored = { type: 'MfaCodeAccepted', revision: 1, metadata: metadata('2026-01-01T00:00:00.000Z') };
  return { id: randomUUID(), ...stored, data: { ...ids, purpose: 'SIGN_IN', timeStep: seq } };
}

async function seed(): Promise<void> {
  const database = openLogDatabase({ path: join(data, 'log.db') });
  const store = openSqliteEventStore({ database, now: () => '2026-01-01T00:00:00.000Z' });
  const registered = { type: 'PrimaryAccountRegistered', revision: 1, data: { accountId: 'acme', userId: 'ada' } };
  await store.append('account-acme', 0, [
    { id: randomUUID(), ...registered, metadata: metadata('2026-01-01T00:00:00.000Z') },
  ]);
  for (let seq = 1; seq < RECORDS; seq += PER_STREAM) {
    const count = Math.min(PER_STREAM, RECORDS - seq);
    await store.append(
      `mfa-${seq}`,
      0,
      Array.from({ length: count }, (_, index) => accepted(seq + index)),
    );
  }
  await store.close();
  await database.close();
}

async function firstLineOf(path: string): Promise<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) return line;
  return '';
}

/** The most memory that a process has ever had, in MB. */
function peakOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / MEGABYTE);
}

async function run(...args: readonly string[]): Promise<void> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(DIST, 'main.js'), 'audit', ...args], {
    ...{ env: environment, stdio: ['ignore', 'inherit', 'inherit'] },
  });
  let peak = 0;
  const timer = setInterval(() => {
    if (child.exitCode === null) peak = Math.max(peak, peakOf(child.pid));
  }, 50);
  await once(child, 'close');
  clearInterval(timer);
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(`audit ${args.slice(0, 4).join(' ')}: ${peak} MB at most, ${seconds} s, exit ${child.exitCode}`);
}

try {
  await bundle(DIST);
  await seed();
  await run('export', '--account', 'acme', '--output', output);
  console.log(`${RECORDS} records, ${Math.round(statSync(output).size / MEGABYTE / MEGABYTE)} MB`);
  const header = await firstLineOf(output);
  const kept = join(folder, 'kept.txt');
  writeFileSync(kept, (JSON.parse(header) as { readonly checkpoints: readonly string[] }).checkpoints.join('\n'));
  await run('verify', output, '--checkpoint', kept, '--key', join(data, 'audit-keys.txt'));
  await run('verify', '--store', '--checkpoint', kept);
  await run('export', '--account', 'acme', '--format', 'ocsf', '--output', join(folder, 'trail.ocsf'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
