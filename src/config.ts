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
  readonly auditKeys: Keys;
  /** Where the keys come from that sign grants for other services; `GENERATED` as for the key ring. */
  readonly grantKeys: Keys;
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

/** Settings that make no sense. The message has a line for each: which variable, what is wrong with it, and what to do. */
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

/** Keys that the service does not make up in production, and what a missing file of them asks for. */
const KEYS = {
  KEY_RING:
    'in production the service does not run on generated keys. Set it to the file of a key ring, which docs/operating.md tells how to make.',
  AUDIT_KEYS:
    'in production checkpoints of the audit trail are not signed by a generated key. Set it to a file of keys, which `virtual-mfa audit keys generate` prints.',
  GRANT_KEYS:
    'in production grants for other services are not signed by a generated key. Set it to a file of keys, which `virtual-mfa grants keys generate` prints.',
} as const;

type Keys =
  | { readonly from: 'FILE'; readonly path: string }
  | { readonly from: 'ENVIRONMENT'; readonly text: string }
  | { readonly from: 'GENERATED' };

function keysOf(read: Variables, name: keyof typeof KEYS): Keys {
  const [path, text] = [read[`${name}_FILE`], read[name]];
  if (path !== undefined) return { from: 'FILE', path };
  return text === undefined ? { from: 'GENERATED' } : { from: 'ENVIRONMENT', text };
}

function keyRingOf(read: Variables): Config['keyRing'] {
  const keys = keysOf(read, 'KEY_RING');
  return keys.from === 'ENVIRONMENT' ? { from: keys.from, json: keys.text } : keys;
}

/** What is wrong with keys that are set twice, or missing in production. */
function faultsOfKeys(read: Variables): readonly (string | false)[] {
  return (['KEY_RING', 'AUDIT_KEYS', 'GRANT_KEYS'] as const).flatMap((name) => [
    read[name] !== undefined &&
      read[`${name}_FILE`] !== undefined &&
      `${name}_FILE and ${name} are both set: set one of the two.`,
    read.NODE_ENV === 'production' &&
      keysOf(read, name).from === 'GENERATED' &&
      `${name}_FILE is not set: ${KEYS[name]}`,
  ]);
}

function auditOriginOf({ AUDIT_ORIGIN, PUBLIC_URL }: Variables): string {
  return AUDIT_ORIGIN ?? `${PUBLIC_URL === undefined ? 'localhost' : new URL(PUBLIC_URL).host}/audit`;
}

const NEEDS_URL = ['EVENT_STORE_USERNAME', 'EVENT_STORE_PASSWORD', 'EVENT_STORE_CA_FILE'] as const;

function faultsOfEventStore(read: Variables): readonly (string | false)[] {
  const { EVENT_STORE_URL: url, EVENT_STORE_USERNAME: username, EVENT_STORE_PASSWORD: password } = read;
  const stray = url === undefined ? NEEDS_URL.find((name) => read[name] !== undefined) : undefined;
  return [
    stray !== undefined && `${stray} is set, and EVENT_STORE_URL is not: set both, or unset it.`,
    url !== undefined &&
      (username === undefined) !== (password === undefined) &&
      'EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD go together: set both or neither.',
  ];
}

function eventStoreOf(read: Variables): Config['eventStore'] {
  const { EVENT_STORE_URL: url, EVENT_STORE_USERNAME: username, EVENT_STORE_PASSWORD: password } = read;
  if (url === undefined) return { kind: 'SQLITE' };
  const caFile = read.EVENT_STORE_CA_FILE ?? null;
  return { kind: 'EVENTSTOREDB', url, username: username ?? null, password: password ?? null, caFile };
}

function faultsOfProduction({ NODE_ENV, TEST_CLOCK_FILE, PUBLIC_URL }: Variables): readonly (string | false)[] {
  if (NODE_ENV !== 'production') return [];
  return [
    PUBLIC_URL === undefined &&
      'PUBLIC_URL is not set: in production grants and checkpoints name the address of the service. Set it to the one that browsers use, such as https://mfa.example.com.',
    PUBLIC_URL?.startsWith('http:') === true &&
      'PUBLIC_URL is not https: in production sessions travel over TLS only. Put TLS in front and set its address.',
    TEST_CLOCK_FILE !== undefined && 'TEST_CLOCK_FILE is set: production runs on the real clock. Unset it.',
  ];
}

/** Everything that is wrong at once: who starts a service for the first time would else learn of one variable a start. */
function refuseFaults(read: Variables): void {
  const faults = [...faultsOfKeys(read), ...faultsOfProduction(read), ...faultsOfEventStore(read)];
  const told = faults.filter((fault) => fault !== false);
  if (told.length > 0) throw new ConfigError(told.join('\n'));
}

interface LimitVariable<V extends string> {
  readonly variable: V;
  /** What the limit is where the variable is not set. */
  readonly most: number;
}

/** A schema that has each variable of a table of limits: one that is missing does not compile, so it cannot mean "no limit". */
function limitVariables<V extends string>(limits: readonly LimitVariable<V>[]) {
  const fields = Object.fromEntries(limits.map(({ variable, most }) => [variable, countOrOff(most)]));
  return z.object(fields as Readonly<Record<V, ReturnType<typeof countOrOff>>>);
}

/** The variables of all budgets. */
const budgetVariables = limitVariables(
  Object.values(REQUEST_BUDGETS).map(({ variable, perMinute: most }) => ({ variable, most })),
);

/** The variables of all limits of what may be open at the same time. */
const openLimitVariables = limitVariables(Object.values(OPEN_LIMITS));

/** The names of all settings. */
export const SETTING_NAMES = [variables, budgetVariables, openLimitVariables].flatMap(({ shape }) =>
  Object.keys(shape),
);

/** What environment variables say; empty ones count as not set. @throws {ConfigError} for all that make no sense */
function parse(environment: Readonly<Record<string, string | undefined>>) {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = variables.safeParse(set);
  const [budgets, limits] = [budgetVariables.safeParse(set), openLimitVariables.safeParse(set)];
  if (read.success && budgets.success && limits.success)
    return { read: read.data, budgets: budgets.data, openLimits: limits.data };
  const issues = [read, budgets, limits].flatMap(({ error }) => error?.issues ?? []);
  const faults = issues.map(({ path, message }) => `${String(path[0])} ${message}. Correct it or unset it.`);
  // A variable may break more than one rule of its own: the first says enough.
  const names = issues.map(({ path }) => path[0]);
  throw new ConfigError(faults.filter((_, index) => names.indexOf(names[index]) === index).join('\n'));
}

/**
 * Reads the configuration from environment variables; empty ones count as not set.
 * @throws {ConfigError} for all that makes no sense, one fault a line
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const { read, budgets, openLimits } = parse(environment);
  refuseFaults(read);
  return {
    environment: read.NODE_ENV,
    host: read.HOST,
    port: read.PORT,
    dataDir: read.DATA_DIR,
    tls: read.NODE_ENV === 'production' || read.PUBLIC_URL?.startsWith('https:') === true,
    issuer: read.ISSUER,
    keyRing: keyRingOf(read),
    auditKeys: keysOf(read, 'AUDIT_KEYS'),
    grantKeys: keysOf(read, 'GRANT_KEYS'),
    publicOrigin: read.PUBLIC_URL === undefined ? null : new URL(read.PUBLIC_URL).origin,
    auditOrigin: auditOriginOf(read),
    auditCheckpointsFile: read.AUDIT_CHECKPOINTS_FILE ?? null,
    eventStore: eventStoreOf(read),
    maxStalenessSeconds: read.MAX_STALENESS_SECONDS,
    recoveryCoolOffHours: read.RECOVERY_COOL_OFF_HOURS,
    trustedProxies: read.TRUSTED_PROXIES,
    requestLimits: settingsOf((limit) => budgets[REQUEST_BUDGETS[limit].variable]),
    openLimits: openLimitSettings((limit) => openLimits[OPEN_LIMITS[limit].variable]),
    logLevel: read.LOG_LEVEL,
    testClockFile: read.TEST_CLOCK_FILE ?? null,
  };
}
