/**
 * The peer: better-auth with its two-factor plugin on SQLite, in a process of its own.
 * DATABASE: the file. HASH: `argon2id`, as the service hashes passwords, or `trivial`. SQLite and argon2 are those of the project.
 */
import { createServer } from 'node:http';
import { hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { twoFactor } from 'better-auth/plugins/two-factor';
import Database from 'better-sqlite3';

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

const database = new Database(process.env.DATABASE);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');

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

const [journal, synchronous] = ['journal_mode', 'synchronous'].map((name) => database.pragma(name, { simple: true }));
console.log(`listens on ${url} journal=${String(journal)} synchronous=${String(synchronous)}`);
process.on('SIGTERM', () => process.exit(0));
