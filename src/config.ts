import { isIP } from 'node:net';
import * as z from 'zod';
import { OPEN_LIMITS, openLimitSettings, type OpenLimitSettings } from './application/open-limits.js';
import { REQUEST_BUDGETS, settingsOf, type RequestLimitSettings } from './application/request-budgets.js';

/** What the service is told from outside; every value has been checked. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  /** The address to listen on; loopback unless told otherwise. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The folder of the log, the vault and the read models. */
  readonly dataDir: string;
  /** Whether browsers reach the service over TLS: cookies are then `Secure`, under names that begin with `__Host-`. */
  readonly tls: boolean;
  /** What authenticators show beside codes. */
  readonly issuer: string;
  /** Where the key ring comes from; `GENERATED`: a file in the data folder, made when there is none. */
  readonly keyRing:
    | { readonly from: 'FILE'; readonly path: string }
    | { readonly from: 'ENVIRONMENT'; readonly json: string }
    | { readonly from: 'GENERATED' };
  /** Where the keys come from that sign checkpoints of the audit trails; `GENERATED` as for the key ring. */
  readonly auditKeys:
    | { readonly from: 'FILE'; readonly path: string }
    | { readonly from: 'ENVIRONMENT'; readonly text: string }
    | { readonly from: 'GENERATED' };
  /** Where the keys come from that sign grants for other services; `GENERATED` as for the key ring. */
  readonly grantKeys:
    | { readonly from: 'FILE'; readonly path: string }
    | { readonly from: 'ENVIRONMENT'; readonly text: string }
    | { readonly from: 'GENERATED' };
  /** The origin at which the service is reached, `https://mfa.example.com`; null: where it listens. */
  readonly publicOrigin: string | null;
  /** What the origins of checkpoints begin with: `<origin>/<account id>`. */
  readonly auditOrigin: string;
  /** Where signed checkpoints are put; null: a file in the data folder. */
  readonly auditCheckpointsFile: string | null;
  /** Where the log and the vault are: in a file of the data folder, or in a cluster. */
  readonly eventStore: { readonly kind: 'SQLITE' } | EventStoreDbConfig;
  /** How long reads go on while the read models cannot be brought up to date. */
  readonly maxStalenessSeconds: number;
  /** How long the recovery of an account can be called off before it is completed. */
  readonly recoveryCoolOffHours: number;
  /** Whose word on the client's address is taken: addresses, ranges (CIDR), `loopback`, `linklocal`, `uniquelocal`. */
  readonly trustedProxies: readonly string[];
  /** How many points a minute each budget of a node has; null: no limit. */
  readonly requestLimits: RequestLimitSettings;
  /** How many of a kind may be open at the same time on a node; null: no limit. */
  readonly openLimits: OpenLimitSettings;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** A file with the milliseconds by which this process's clock is off; for tests, refused in production. */
  readonly testClockFile: string | null;
}

/** An EventStoreDB cluster, and who the service is there. */
export interface EventStoreDbConfig {
  readonly kind: 'EVENTSTOREDB';
  /** `esdb://…` or `esdb+discover://…`; the rest of it is not looked at here. May hold a password: never shown. */
  readonly url: string;
  /** Both are set, or neither. */
  readonly username: string | null;
  readonly password: string | null;
  /** The certificate of the authority that vouches for the cluster; null: the ones that Node knows. */
  readonly caFile: string | null;
}

/** A setting that makes no sense. The message names the variable, what is wrong with it, and what to do. */
export class ConfigError extends Error {
  readonly code = 'INVALID_CONFIG';
}

const DAY_IN_SECONDS = 86_400;
const SECONDS = `must be a number of seconds from 1 to ${DAY_IN_SECONDS}`;

const MOST_COOL_OFF_HOURS = 720;
const COOL_OFF = `must be a number of hours from 1 to ${MOST_COOL_OFF_HOURS}`;

const ORIGIN = 'must be a name such as mfa.example.com/audit, without spaces and https://';

const MOST_A_MINUTE = 100_000;
const A_MINUTE = `must be a number from 1 to ${MOST_A_MINUTE}, or off`;

/** A number of requests a minute, or of what may be open at the same time. */
function countOrOff(most: number) {
  return z
    .string()
    .regex(/^(?:\d{1,6}|off)$/, { error: A_MINUTE })
    .transform((text) => (text === 'off' ? null : Number(text)))
    .refine((number) => number === null || (number >= 1 && number <= MOST_A_MINUTE), { error: A_MINUTE })
    .default(most);
}

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

function isProxy(text: string): boolean {
  if (PROXY_NAMES.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const variables = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'must be development, test or production' })
    .default('development'),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, { error: 'must be a host name or IP address, such as 127.0.0.1' })
    .default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a number from 0 to 65535' })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'must be a number from 0 to 65535' })
    .default(4000),
  DATA_DIR: z.string().default('./data'),
  PUBLIC_URL: z
    .string()
    .regex(/^https?:\/\/[^/?#\s]+\/?$/, { error: 'must be an address such as https://mfa.example.com, without a path' })
    .optional(),
  ISSUER: z
    .string()
    .regex(/^[^:\p{C}]{1,64}$/u, {
      error: 'must be 1 to 64 characters without a colon, such as the name of your cloud',
    })
    .default('Virtual MFA'),
  KEY_RING_FILE: z.string().optional(),
  KEY_RING: z.string().optional(),
  AUDIT_KEYS_FILE: z.string().optional(),
  AUDIT_KEYS: z.string().optional(),
  GRANT_KEYS_FILE: z.string().optional(),
  GRANT_KEYS: z.string().optional(),
  AUDIT_ORIGIN: z
    .string()
    .max(200, { error: ORIGIN })
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._~:/-]*[A-Za-z0-9])?$/, { error: ORIGIN })
    .optional(),
  AUDIT_CHECKPOINTS_FILE: z.string().optional(),
  EVENT_STORE_URL: z
    .string()
    .regex(/^esdb(\+discover)?:\/\/./, { error: 'must begin with esdb:// or esdb+discover://' })
    .optional(),
  EVENT_STORE_USERNAME: z.string().optional(),
  EVENT_STORE_PASSWORD: z.string().optional(),
  EVENT_STORE_CA_FILE: z.string().optional(),
  MAX_STALENESS_SECONDS: z
    .string()
    .regex(/^\d{1,5}$/, { error: SECONDS })
    .transform(Number)
    .refine((seconds) => seconds >= 1 && seconds <= DAY_IN_SECONDS, { error: SECONDS })
    .default(30),
  RECOVERY_COOL_OFF_HOURS: z
    .string()
    .regex(/^\d{1,3}$/, { error: COOL_OFF })
    .transform(Number)
    .refine((hours) => hours >= 1 && hours <= MOST_COOL_OFF_HOURS, { error: COOL_OFF })
    .default(72),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((proxy) => proxy.trim()))
    .refine((proxies) => proxies.every(isProxy), {
      error: `must be addresses or ranges such as 10.0.0.0/8, or ${PROXY_NAMES.join(', ')}, with commas in between`,
    })
    .default([]),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
      error: 'must be fatal, error, warn, info, debug or silent',
    })
    .default('info'),
  TEST_CLOCK_FILE: z.string().optional(),
});

type Variables = z.infer<typeof variables>;

function keyRingOf({ KEY_RING_FILE, KEY_RING, NODE_ENV }: Variables): Config['keyRing'] {
  if (KEY_RING_FILE !== undefined && KEY_RING !== undefined) {
    throw new ConfigError('KEY_RING_FILE and KEY_RING are both set: set one of the two.');
  }
  if (KEY_RING_FILE !== undefined) return { from: 'FILE', path: KEY_RING_FILE };
  if (KEY_RING !== undefined) return { from: 'ENVIRONMENT', json: KEY_RING };
  if (NODE_ENV !== 'production') return { from: 'GENERATED' };
  throw new ConfigError(
    'KEY_RING_FILE is not set: in production the service does not run on generated keys. Set it to the file of a key ring, which docs/operating.md tells how to make.',
  );
}

function auditKeysOf({ AUDIT_KEYS_FILE, AUDIT_KEYS, NODE_ENV }: Variables): Config['auditKeys'] {
  if (AUDIT_KEYS_FILE !== undefined && AUDIT_KEYS !== undefined) {
    throw new ConfigError('AUDIT_KEYS_FILE and AUDIT_KEYS are both set: set one of the two.');
  }
  if (AUDIT_KEYS_FILE !== undefined) return { from: 'FILE', path: AUDIT_KEYS_FILE };
  if (AUDIT_KEYS !== undefined) return { from: 'ENVIRONMENT', text: AUDIT_KEYS };
  if (NODE_ENV !== 'production') return { from: 'GENERATED' };
  throw new ConfigError(
    'AUDIT_KEYS_FILE is not set: in production checkpoints of the audit trail are not signed by a generated key. Set it to a file of keys, which `virtual-mfa audit keys generate` prints.',
  );
}

function grantKeysOf({ GRANT_KEYS_FILE, GRANT_KEYS, NODE_ENV }: Variables): Config['grantKeys'] {
  if (GRANT_KEYS_FILE !== undefined && GRANT_KEYS !== undefined) {
    throw new ConfigError('GRANT_KEYS_FILE and GRANT_KEYS are both set: set one of the two.');
  }
  if (GRANT_KEYS_FILE !== undefined) return { from: 'FILE', path: GRANT_KEYS_FILE };
  if (GRANT_KEYS !== undefined) return { from: 'ENVIRONMENT', text: GRANT_KEYS };
  if (NODE_ENV !== 'production') return { from: 'GENERATED' };
  throw new ConfigError(
    'GRANT_KEYS_FILE is not set: in production grants for other services are not signed by a generated key. Set it to a file of keys, which `virtual-mfa grants keys generate` prints.',
  );
}

function auditOriginOf({ AUDIT_ORIGIN, PUBLIC_URL }: Variables): string {
  return AUDIT_ORIGIN ?? `${PUBLIC_URL === undefined ? 'localhost' : new URL(PUBLIC_URL).host}/audit`;
}

const NEEDS_URL = ['EVENT_STORE_USERNAME', 'EVENT_STORE_PASSWORD', 'EVENT_STORE_CA_FILE'] as const;

function eventStoreOf(read: Variables): Config['eventStore'] {
  const { EVENT_STORE_URL: url, EVENT_STORE_USERNAME: username, EVENT_STORE_PASSWORD: password } = read;
  if (url === undefined) {
    const stray = NEEDS_URL.find((name) => read[name] !== undefined);
    if (stray === undefined) return { kind: 'SQLITE' };
    throw new ConfigError(`${stray} is set, and EVENT_STORE_URL is not: set both, or unset it.`);
  }
  if ((username === undefined) !== (password === undefined)) {
    throw new ConfigError('EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD go together: set both or neither.');
  }
  const caFile = read.EVENT_STORE_CA_FILE ?? null;
  return { kind: 'EVENTSTOREDB', url, username: username ?? null, password: password ?? null, caFile };
}

function refuseInProduction({ NODE_ENV, TEST_CLOCK_FILE, PUBLIC_URL }: Variables): void {
  if (NODE_ENV !== 'production') return;
  if (TEST_CLOCK_FILE !== undefined) {
    throw new ConfigError('TEST_CLOCK_FILE is set: production runs on the real clock. Unset it.');
  }
  if (PUBLIC_URL?.startsWith('http:') === true) {
    throw new ConfigError(
      'PUBLIC_URL is not https: in production sessions travel over TLS only. Put TLS in front and set its address.',
    );
  }
}

/** The variables of all budgets. */
const budgetVariables = z.object(
  Object.fromEntries(
    Object.values(REQUEST_BUDGETS).map(({ variable, perMinute: most }) => [variable, countOrOff(most)]),
  ),
);

/** The variables of all limits of what may be open at the same time. */
const openLimitVariables = z.object(
  Object.fromEntries(Object.values(OPEN_LIMITS).map(({ variable, most }) => [variable, countOrOff(most)])),
);

function parse<T>(schema: z.ZodType<T>, environment: Readonly<Record<string, string | undefined>>): T {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${String(issue?.path[0])} ${issue?.message ?? 'is wrong'}. Correct it or unset it.`);
}

/**
 * Reads the configuration from environment variables; empty ones count as not set.
 * @throws {ConfigError} for the first that makes no sense
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const read = parse(variables, environment);
  const budgets = parse(budgetVariables, environment);
  const openLimits = parse(openLimitVariables, environment);
  refuseInProduction(read);
  return {
    environment: read.NODE_ENV,
    host: read.HOST,
    port: read.PORT,
    dataDir: read.DATA_DIR,
    tls: read.NODE_ENV === 'production' || read.PUBLIC_URL?.startsWith('https:') === true,
    issuer: read.ISSUER,
    keyRing: keyRingOf(read),
    auditKeys: auditKeysOf(read),
    grantKeys: grantKeysOf(read),
    publicOrigin: read.PUBLIC_URL === undefined ? null : new URL(read.PUBLIC_URL).origin,
    auditOrigin: auditOriginOf(read),
    auditCheckpointsFile: read.AUDIT_CHECKPOINTS_FILE ?? null,
    eventStore: eventStoreOf(read),
    maxStalenessSeconds: read.MAX_STALENESS_SECONDS,
    recoveryCoolOffHours: read.RECOVERY_COOL_OFF_HOURS,
    trustedProxies: read.TRUSTED_PROXIES,
    requestLimits: settingsOf((limit) => budgets[REQUEST_BUDGETS[limit].variable] ?? null),
    openLimits: openLimitSettings((limit) => openLimits[OPEN_LIMITS[limit].variable] ?? null),
    logLevel: read.LOG_LEVEL,
    testClockFile: read.TEST_CLOCK_FILE ?? null,
  };
}
