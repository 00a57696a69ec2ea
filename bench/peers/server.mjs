/**
 * The peer: better-auth with its two-factor plugin on SQLite, in a process of its own.
 * DATABASE: the file. HASH: `argon2id`, as the service hashes passwords, or `trivial`. SQLite is `node:sqlite` where Node has it,
 * else the package that the service uses on Node 20; argon2 is that of the project.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { hash, verify } from '@node-rs/argon2';
import { NodeSqliteDialect } from '@better-auth/kysely-adapter/node-sqlite-dialect';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { twoFactor } from 'better-auth/plugins/two-factor';

const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const hashing = {
  argon2id: {
    hash: (password) => hash(password, ARGON2ID),
    verify: ({ hash: encoded, password }) => verify(encoded, password),
  },
  trivial: {
    hash: async (password) => `plain ${password}`,
    verify: async ({ hash: encoded, password }) => encoded === `plain ${password}`,
  },
};

const own = process.getBuiltinModule('node:sqlite');
const { DatabaseSync } = own ?? createRequire(import.meta.url)('@photostructure/sqlite');
const file = new DatabaseSync(process.env.DATABASE, { timeout: 5_000 });
// As much memory as the service has for its log.
file.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000');

/** The library takes a connection of `node:sqlite` as it is; for the package it is told what that is. */
const database = own === undefined ? { type: 'sqlite', dialect: new NodeSqliteDialect({ database: file }) } : file;

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${String(server.address().port)}`;

const options = {
  ...{ database, baseURL: url, secret: 'a secret of the bench, which is no secret at all' },
  emailAndPassword: { enabled: true, autoSignIn: true, password: hashing[process.env.HASH] },
  plugins: [twoFactor({ issuer: 'Peer' })],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
};
await (await getMigrations(options)).runMigrations();
server.on('request', toNodeHandler(betterAuth(options)));

const [journal, synchronous] = ['journal_mode', 'synchronous'].map(
  (name) => Object.values(file.prepare(`PRAGMA ${name}`).get())[0],
);
console.log(`listens on ${url} journal=${String(journal)} synchronous=${String(synchronous)}`);
process.on('SIGTERM', () => process.exit(0));
