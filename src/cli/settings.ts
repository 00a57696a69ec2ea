/** A setting as the operator knows it. */
export interface Setting {
  /** The environment variable. */
  readonly name: string;
  readonly meaning: string;
  /** What holds where it is not set. */
  readonly otherwise: string;
}

const setting = (name: string, meaning: string, otherwise: string): Setting => ({ name, meaning, otherwise });

/** Every setting, in the order of README.md, which a test holds against this table. */
export const SETTINGS: readonly Setting[] = [
  setting('PORT', 'the port to listen on; 0 for any free one', '4000'),
  setting('HOST', 'the address to listen on', '127.0.0.1, so that only this machine reaches it'),
  setting('DATA_DIR', 'the folder of the log, the vault and the read models', './data'),
  setting('NODE_ENV', 'development, test or production', 'development'),
  setting(
    'PUBLIC_URL',
    'the address at which browsers reach the service: pages of this origin may call it; with https cookies are Secure; grants name it as their issuer',
    'none; required in production',
  ),
  setting('ISSUER', 'the name that authenticators show beside codes', 'Virtual MFA'),
  setting(
    'KEY_RING_FILE',
    'the file of the key ring that seals the vault',
    'a generated one in DATA_DIR; required in production',
  ),
  setting('KEY_RING', 'the key ring itself, as JSON, instead of a file', 'none'),
  setting(
    'AUDIT_KEYS_FILE',
    'the file of the keys that sign checkpoints of audit trails',
    'a generated one in DATA_DIR; required in production',
  ),
  setting('AUDIT_KEYS', 'these keys themselves, instead of a file', 'none'),
  setting(
    'GRANT_KEYS_FILE',
    'the file of the keys that sign grants for other services',
    'a generated one in DATA_DIR; required in production',
  ),
  setting('GRANT_KEYS', 'these keys themselves, instead of a file', 'none'),
  setting(
    'AUDIT_ORIGIN',
    'what the origins of checkpoints begin with; a change is recorded in each trail',
    'the host of PUBLIC_URL, or localhost, and /audit',
  ),
  setting(
    'AUDIT_CHECKPOINTS_FILE',
    'the file that signed checkpoints are added to',
    'audit-checkpoints.txt in DATA_DIR',
  ),
  setting('MAX_STALENESS_SECONDS', 'how long reads go on while the read models cannot be brought up to date', '30'),
  setting('EVENT_STORE_URL', 'an EventStoreDB as the log, esdb://… or esdb+discover://…', 'none: SQLite in DATA_DIR'),
  setting('EVENT_STORE_USERNAME', 'who the service is there; both or neither', 'none'),
  setting('EVENT_STORE_PASSWORD', 'who the service is there; both or neither', 'none'),
  setting('EVENT_STORE_CA_FILE', 'the certificate of the authority that vouches for it', 'the ones that Node.js knows'),
  setting(
    'RECOVERY_COOL_OFF_HOURS',
    'how long the recovery of an account by the operator can be called off, 1 to 720',
    '72',
  ),
  setting(
    'TRUSTED_PROXIES',
    'whose X-Forwarded-For is believed: addresses, ranges, loopback, linklocal, uniquelocal, with commas',
    'none: the header is ignored',
  ),
  setting(
    'SIGN_INS_PER_MINUTE_PER_ADDRESS',
    'sign-ins that one address (IPv6: one /64) may try on a node; off for any number, as below',
    '60',
  ),
  setting(
    'SIGN_INS_PER_MINUTE_PER_ACCOUNT',
    'sign-ins by one name; browsers that its user has signed in with before have that many of their own',
    '20',
  ),
  setting('REGISTRATIONS_PER_MINUTE_PER_ADDRESS', 'accounts that one address may register', '10'),
  setting('PASSWORDS_PER_MINUTE_PER_USER', 'passwords that one user may give to verify an operation, or change', '10'),
  setting(
    'SUB_USER_PASSWORDS_PER_MINUTE_PER_ACCOUNT',
    'passwords that an account may give its sub-users, new ones and reset ones',
    '60',
  ),
  setting('AUDIT_EXPORTS_PER_MINUTE_PER_ACCOUNT', 'exports of the audit trail that an account may begin', '20'),
  setting(
    'READ_COST_PER_MINUTE_PER_SESSION',
    'points that a session, an audit token or a service credential may read for; what a point is',
    '30000',
  ),
  setting('READ_COST_PER_MINUTE_PER_USER', 'points that one user may read for, over all sessions', '30000'),
  setting(
    'READ_COST_PER_MINUTE_PER_ACCOUNT',
    'points that an account may read for; a quarter is for the primary alone',
    '60000',
  ),
  setting(
    'READ_COST_PER_MINUTE_PER_ADDRESS',
    'points that strangers at one address (IPv6: one /64) may read for; who is signed in there has as many again',
    '100000',
  ),
  setting(
    'WRITES_PER_MINUTE_PER_SESSION',
    'mutations and exports of one session, audit token or service credential',
    '120',
  ),
  setting('WRITES_PER_MINUTE_PER_USER', 'mutations and exports of one user, over all sessions', '240'),
  setting(
    'WRITES_PER_MINUTE_PER_ACCOUNT',
    'mutations and exports of one account, urgent ones excepted; a quarter is for the primary alone: docs/limits.md',
    '1200',
  ),
  setting(
    'CONNECTIONS_PER_ADDRESS',
    'open connections of one address (IPv6: one /64) to a node; trusted proxies are not limited; off for any number',
    '1000',
  ),
  setting('SUBSCRIPTIONS_PER_CONNECTION', 'open subscriptions of one WebSocket', '20'),
  setting('SUBSCRIPTIONS_PER_SESSION', 'open subscriptions of one session or audit token', '50'),
  setting(
    'SUBSCRIPTIONS_PER_ACCOUNT',
    'open subscriptions of one account; a quarter of it is for its primary alone',
    '500',
  ),
  setting('SUBSCRIPTIONS_PER_ADDRESS', 'open subscriptions of one address', '500'),
  setting(
    'LOG_LEVEL',
    'fatal, error, warn, info, debug or silent; log lines on standard error are sentences on a terminal, JSON elsewhere',
    'info',
  ),
  setting(
    'TEST_CLOCK_FILE',
    'a file with the milliseconds by which the clock is off; for tests, refused in production',
    'none',
  ),
];

/** The settings as a list for a terminal: each name, what it means, and what holds otherwise. */
export function describeSettings(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length));
  const lines = SETTINGS.map(({ name, meaning, otherwise }) => `  ${name.padEnd(width)}  ${meaning} (${otherwise})`);
  return ['Settings, as environment variables (what holds where one is not set):', ...lines].join('\n');
}

/** Whether one letter more, less, another or exchanged with its neighbour makes one text the other. */
function isOneLetterFrom(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const [rest, otherRest] = [one.slice(start), other.slice(start)];
  if (rest.slice(1) === otherRest.slice(1) || rest.slice(1) === otherRest || rest === otherRest.slice(1)) return true;
  return `${rest[1]}${rest[0]}${rest.slice(2)}` === otherRest;
}

/** A variable that is set and that no setting is called, with the setting that was probably meant. */
export interface Misspelling {
  readonly name: string;
  readonly meant: string;
}

/** The variables whose names are one letter away from that of a setting. */
export function findMisspellings(environment: Readonly<Record<string, string | undefined>>): readonly Misspelling[] {
  const names = SETTINGS.map(({ name }) => name);
  return Object.keys(environment)
    .filter((name) => !names.includes(name))
    .flatMap((name) => {
      const meant = names.find((known) => isOneLetterFrom(name, known));
      return meant === undefined ? [] : [{ name, meant }];
    });
}
