import { describe, expect, it } from '@jest/globals';
import { OPEN_LIMITS, type OpenLimit } from '../src/application/open-limits.js';
import { REQUEST_BUDGETS, REQUEST_LIMITS } from '../src/application/request-budgets.js';
import { ConfigError, readConfig, type Config } from '../src/config.js';

const DEFAULTS: Config = {
  environment: 'development',
  host: '127.0.0.1',
  port: 4000,
  dataDir: './data',
  tls: false,
  issuer: 'Virtual MFA',
  keyRing: { from: 'GENERATED' },
  auditKeys: { from: 'GENERATED' },
  grantKeys: { from: 'GENERATED' },
  publicOrigin: null,
  auditOrigin: 'localhost/audit',
  auditCheckpointsFile: null,
  eventStore: { kind: 'SQLITE' },
  maxStalenessSeconds: 30,
  recoveryCoolOffHours: 72,
  trustedProxies: [],
  requestLimits: {
    SIGN_INS_OF_ADDRESS: 60,
    SIGN_INS_OF_ACCOUNT: 20,
    REGISTRATIONS_OF_ADDRESS: 10,
    PASSWORDS_OF_USER: 10,
    SUB_USER_PASSWORDS_OF_ACCOUNT: 60,
    READ_COST_OF_SESSION: 30_000,
    READ_COST_OF_USER: 30_000,
    READ_COST_OF_ACCOUNT: 60_000,
    READ_COST_OF_ADDRESS: 100_000,
    EXPORTS_OF_ACCOUNT: 20,
    WRITES_OF_SESSION: 120,
    WRITES_OF_USER: 240,
    WRITES_OF_ACCOUNT: 1_200,
  },
  openLimits: {
    CONNECTIONS_OF_ADDRESS: 1_000,
    SUBSCRIPTIONS_OF_CONNECTION: 20,
    SUBSCRIPTIONS_OF_SESSION: 50,
    SUBSCRIPTIONS_OF_ACCOUNT: 500,
    SUBSCRIPTIONS_OF_ADDRESS: 500,
  },
  logLevel: 'info',
  testClockFile: null,
};

const IN_PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://mfa.example.com',
  KEY_RING_FILE: '/etc/keys.json',
  AUDIT_KEYS_FILE: '/etc/audit-keys.txt',
  GRANT_KEYS_FILE: '/etc/grant-keys.txt',
};

function faultOf(environment: Readonly<Record<string, string>>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) {
      expect(error.code).toBe('INVALID_CONFIG');
      return error.message;
    }
    throw error;
  }
  throw new Error('it was accepted');
}

describe('what is not set', () => {
  it('has a default, on loopback', () => {
    expect(readConfig({})).toStrictEqual(DEFAULTS);
  });

  it('may also be empty', () => {
    const empty = { NODE_ENV: '', HOST: '', PORT: '', DATA_DIR: '', PUBLIC_URL: '', ISSUER: '', KEY_RING_FILE: '' };
    expect(readConfig({ ...empty, KEY_RING: '', LOG_LEVEL: '', TEST_CLOCK_FILE: '' })).toStrictEqual(DEFAULTS);
  });
});

describe('what makes sense', () => {
  it.each<[Record<string, string>, Partial<Config>]>([
    [{ NODE_ENV: 'development' }, {}],
    [{ NODE_ENV: 'test' }, { environment: 'test' }],
    [{ HOST: '0.0.0.0' }, { host: '0.0.0.0' }],
    [{ HOST: '::1' }, { host: '::1' }],
    [{ HOST: 'mfa.internal' }, { host: 'mfa.internal' }],
    [{ PORT: '0' }, { port: 0 }],
    [{ PORT: '65535' }, { port: 65_535 }],
    [{ DATA_DIR: '/var/lib/mfa' }, { dataDir: '/var/lib/mfa' }],
    [
      { PUBLIC_URL: 'http://localhost:8080' },
      { auditOrigin: 'localhost:8080/audit', publicOrigin: 'http://localhost:8080', tls: false },
    ],
    [
      { PUBLIC_URL: 'https://mfa.example.com/' },
      { auditOrigin: 'mfa.example.com/audit', publicOrigin: 'https://mfa.example.com', tls: true },
    ],
    [{ ISSUER: 'Wolke & Söhne' }, { issuer: 'Wolke & Söhne' }],
    [{ KEY_RING_FILE: '/etc/keys.json' }, { keyRing: { from: 'FILE', path: '/etc/keys.json' } }],
    [{ KEY_RING: '{}' }, { keyRing: { from: 'ENVIRONMENT', json: '{}' } }],
    [{ LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ AUDIT_KEYS_FILE: '/etc/a.txt' }, { auditKeys: { from: 'FILE', path: '/etc/a.txt' } }],
    [{ AUDIT_KEYS: 'a key' }, { auditKeys: { from: 'ENVIRONMENT', text: 'a key' } }],
    [{ GRANT_KEYS_FILE: '/etc/g.txt' }, { grantKeys: { from: 'FILE', path: '/etc/g.txt' } }],
    [{ GRANT_KEYS: 'a key' }, { grantKeys: { from: 'ENVIRONMENT', text: 'a key' } }],
    [
      { PUBLIC_URL: 'https://mfa.example.com:8443' },
      { tls: true, publicOrigin: 'https://mfa.example.com:8443', auditOrigin: 'mfa.example.com:8443/audit' },
    ],
    [{ AUDIT_ORIGIN: 'log.example/mfa' }, { auditOrigin: 'log.example/mfa' }],
    [{ AUDIT_CHECKPOINTS_FILE: '/var/checkpoints' }, { auditCheckpointsFile: '/var/checkpoints' }],
    [{ TEST_CLOCK_FILE: '/tmp/clock' }, { testClockFile: '/tmp/clock' }],
    [{ MAX_STALENESS_SECONDS: '1' }, { maxStalenessSeconds: 1 }],
    [{ TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,fd00::/8' }, { trustedProxies: ['loopback', '10.0.0.0/8', 'fd00::/8'] }],
    [{ RECOVERY_COOL_OFF_HOURS: '1' }, { recoveryCoolOffHours: 1 }],
    [{ RECOVERY_COOL_OFF_HOURS: '720' }, { recoveryCoolOffHours: 720 }],
    [{ TRUSTED_PROXIES: '192.0.2.1' }, { trustedProxies: ['192.0.2.1'] }],
    ...REQUEST_LIMITS.flatMap((limit) =>
      (['off', '1', '100000'] as const).map((value): [Record<string, string>, Partial<Config>] => [
        { [REQUEST_BUDGETS[limit].variable]: value },
        { requestLimits: { ...DEFAULTS.requestLimits, [limit]: value === 'off' ? null : Number(value) } },
      ]),
    ),
    ...(Object.keys(OPEN_LIMITS) as OpenLimit[]).flatMap((limit) =>
      (['off', '1', '100000'] as const).map((value): [Record<string, string>, Partial<Config>] => [
        { [OPEN_LIMITS[limit].variable]: value },
        { openLimits: { ...DEFAULTS.openLimits, [limit]: value === 'off' ? null : Number(value) } },
      ]),
    ),
    [{ MAX_STALENESS_SECONDS: '86400' }, { maxStalenessSeconds: 86_400 }],
    [
      { EVENT_STORE_URL: 'esdb://node:2113' },
      { eventStore: { kind: 'EVENTSTOREDB', url: 'esdb://node:2113', username: null, password: null, caFile: null } },
    ],
    [
      {
        ...{ EVENT_STORE_URL: 'esdb+discover://cluster:2113?tls=true', EVENT_STORE_CA_FILE: '/etc/ca.pem' },
        ...{ EVENT_STORE_USERNAME: 'mfa', EVENT_STORE_PASSWORD: 'secret' },
      },
      {
        eventStore: {
          ...{ kind: 'EVENTSTOREDB', url: 'esdb+discover://cluster:2113?tls=true' },
          ...{ username: 'mfa', password: 'secret', caFile: '/etc/ca.pem' },
        },
      },
    ],
    [{ SOMETHING_ELSE: 'is not ours' }, {}],
  ])('is taken as it is: %j', (environment, config) => {
    expect(readConfig(environment)).toStrictEqual({ ...DEFAULTS, ...config });
  });

  it('in production is served over TLS', () => {
    expect(readConfig(IN_PRODUCTION)).toStrictEqual({
      ...DEFAULTS,
      environment: 'production',
      tls: true,
      keyRing: { from: 'FILE', path: '/etc/keys.json' },
      auditKeys: { from: 'FILE', path: '/etc/audit-keys.txt' },
      grantKeys: { from: 'FILE', path: '/etc/grant-keys.txt' },
      publicOrigin: 'https://mfa.example.com',
      auditOrigin: 'mfa.example.com/audit',
    });
  });
});

describe('nonsense is refused by variable, fault and remedy', () => {
  it.each([
    ['NODE_ENV', ['prod', 'Production', ' '], 'must be development, test or production'],
    ['HOST', ['http://localhost', 'a b', 'a/b', '*'], 'must be a host name or IP address, such as 127.0.0.1'],
    ['PORT', ['http', '-1', '65536', '99999', '4000.5', '0x10', ' 80', '1e3'], 'must be a number from 0 to 65535'],
    [
      'PUBLIC_URL',
      [
        'mfa.example.com',
        'ftp://mfa.example.com',
        'https://mfa.example.com/path',
        'https://',
        'https://a b',
        'https://x?y',
      ],
      'must be an address such as https://mfa.example.com, without a path',
    ],
    [
      'ISSUER',
      ['My:Cloud', 'x'.repeat(65), 'bell\u0007', 'zero\u200bwidth'],
      'must be 1 to 64 characters without a colon, such as the name of your cloud',
    ],
    ['LOG_LEVEL', ['verbose', 'INFO', 'trace '], 'must be fatal, error, warn, info, debug or silent'],
    [
      'MAX_STALENESS_SECONDS',
      ['0', '-1', '86401', '1.5', 'soon', '123456'],
      'must be a number of seconds from 1 to 86400',
    ],
    ['RECOVERY_COOL_OFF_HOURS', ['0', '721', '-1', '1.5', 'soon'], 'must be a number of hours from 1 to 720'],
    [
      'TRUSTED_PROXIES',
      [
        'proxy.example',
        '10.0.0.0/33',
        '10.0.0.0/0',
        '10.0.0/8',
        'fd00::/129',
        '10.0.0.1,',
        '10.0.0.0/8/8',
        'true',
        '*',
      ],
      'must be addresses or ranges such as 10.0.0.0/8, or loopback, linklocal, uniquelocal, with commas in between',
    ],
    ...[...Object.values(REQUEST_BUDGETS), ...Object.values(OPEN_LIMITS)].map(
      ({ variable }): [string, string[], string] => [
        variable,
        ['0', '000', '-1', '1.5', 'none', '100001', '1e3', 'OFF'],
        'must be a number from 1 to 100000, or off',
      ],
    ),
    [
      'EVENT_STORE_URL',
      ['http://node:2113', 'esdb:', 'esdb://', 'kurrentdb://node', 'node:2113', ' esdb://node'],
      'must begin with esdb:// or esdb+discover://',
    ],
    [
      'AUDIT_ORIGIN',
      ['https://x y', 'a+b', 'a/', '/a', '\u2014 a', 'x'.repeat(201)],
      'must be a name such as mfa.example.com/audit, without spaces and https://',
    ],
  ])('%s', (variable, values, fault) => {
    for (const value of values) {
      expect(faultOf({ [variable]: value })).toBe(`${variable} ${fault}. Correct it or unset it.`);
    }
  });

  it('KEY_RING_FILE and KEY_RING together', () => {
    expect(faultOf({ KEY_RING_FILE: '/etc/keys.json', KEY_RING: '{}' })).toBe(
      'KEY_RING_FILE and KEY_RING are both set: set one of the two.',
    );
  });

  it('AUDIT_KEYS_FILE and AUDIT_KEYS together, and neither is shown', () => {
    expect(faultOf({ AUDIT_KEYS_FILE: '/etc/audit-keys.txt', AUDIT_KEYS: 'very secret' })).toBe(
      'AUDIT_KEYS_FILE and AUDIT_KEYS are both set: set one of the two.',
    );
  });

  it('GRANT_KEYS_FILE and GRANT_KEYS together, and neither is shown', () => {
    expect(faultOf({ GRANT_KEYS_FILE: '/etc/grant-keys.txt', GRANT_KEYS: 'very secret' })).toBe(
      'GRANT_KEYS_FILE and GRANT_KEYS are both set: set one of the two.',
    );
  });

  it('production on a generated key for grants', () => {
    expect(faultOf({ ...IN_PRODUCTION, GRANT_KEYS_FILE: '' })).toMatch(
      /^GRANT_KEYS_FILE is not set: in production grants for other services are not signed by a generated key\. Set it /,
    );
  });

  it('production on a generated key for checkpoints', () => {
    expect(faultOf({ ...IN_PRODUCTION, AUDIT_KEYS_FILE: '' })).toMatch(
      /^AUDIT_KEYS_FILE is not set: in production checkpoints of the audit trail are not signed by a generated key\. Set it /,
    );
  });

  it('production on generated keys', () => {
    expect(faultOf({ NODE_ENV: 'production' })).toMatch(
      /^KEY_RING_FILE is not set: in production the service does not run on generated keys\. Set it to /,
    );
  });

  it('production without the address that grants and checkpoints name', () => {
    expect(faultOf({ ...IN_PRODUCTION, PUBLIC_URL: '' })).toMatch(/^PUBLIC_URL is not set: in production .* Set it /);
  });

  it('everything that is wrong at once, a line each', () => {
    const missing = faultOf({ NODE_ENV: 'production', TEST_CLOCK_FILE: '/tmp/clock' }).split('\n');
    expect(missing.map((line) => line.split(' ', 1)[0])).toEqual([
      ...['KEY_RING_FILE', 'AUDIT_KEYS_FILE', 'GRANT_KEYS_FILE', 'PUBLIC_URL', 'TEST_CLOCK_FILE'],
    ]);
    const wrong = faultOf({ PORT: 'x', LOG_LEVEL: 'loud', SIGN_INS_PER_MINUTE_PER_ADDRESS: '0' }).split('\n');
    expect(wrong.map((line) => line.split(' ', 1)[0])).toEqual([
      ...['PORT', 'LOG_LEVEL', 'SIGN_INS_PER_MINUTE_PER_ADDRESS'],
    ]);
  });

  it('production on a clock for tests', () => {
    expect(faultOf({ ...IN_PRODUCTION, TEST_CLOCK_FILE: '/tmp/clock' })).toBe(
      'TEST_CLOCK_FILE is set: production runs on the real clock. Unset it.',
    );
  });

  it('production without TLS', () => {
    expect(faultOf({ ...IN_PRODUCTION, PUBLIC_URL: 'http://mfa.example.com' })).toMatch(
      /^PUBLIC_URL is not https: in production sessions travel over TLS only\. Put TLS in front and set its address\.$/,
    );
  });

  const url = 'esdb://ada:very-secret@node:2113';

  it.each([
    [
      { EVENT_STORE_URL: url, EVENT_STORE_USERNAME: 'mfa' },
      /^EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD go together/,
    ],
    [
      { EVENT_STORE_URL: url, EVENT_STORE_PASSWORD: 'very-secret' },
      /^EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD go/,
    ],
    [{ EVENT_STORE_PASSWORD: 'very-secret' }, /^EVENT_STORE_PASSWORD is set, and EVENT_STORE_URL is not/],
    [{ EVENT_STORE_CA_FILE: '/etc/ca.pem' }, /^EVENT_STORE_CA_FILE is set, and EVENT_STORE_URL is not/],
    [{ EVENT_STORE_URL: `http${url}` }, /^EVENT_STORE_URL must begin with/],
  ])('half of what an EventStoreDB needs, and nothing of it is shown: %#', (environment, said) => {
    const fault = faultOf(environment);
    expect(fault).toMatch(said);
    expect(fault).not.toContain('very-secret');
  });

  it('a key ring is never shown', () => {
    expect(faultOf({ KEY_RING: 'very secret', KEY_RING_FILE: 'x' })).not.toContain('very secret');
  });
});
