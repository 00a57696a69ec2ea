import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from 'otpauth';
import { catalogue } from '../../src/domain/catalogue.js';
import { HOUR } from '../../src/domain/instant.js';
import type { Loose } from '../support/client.js';
import { ask, USER, viewer } from '../support/operations.js';
import { AUDIT_TOKEN_NAME, CAST, playJourney, type Journey } from '../support/journey.js';
import { heldBy, heldSecrets, isOfLog } from '../support/held.js';
import { eventually } from '../support/eventually.js';
import { oneTimePasswordIn, operatorOf } from '../support/operator.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents, storedTypes, textOf } from '../support/stored.js';

let service: TestService;
let journey: Journey;
/** What it kept while it ran, and after it stopped. */
let running: ReadonlyMap<string, Buffer>;
let stopped: ReadonlyMap<string, Buffer>;
let users: Loose;
let trail: Loose;
/** Printed by the operator's recovery of the account. */
let oneTimePassword: string;

const REASON = 'Her handset lies in the Solent';

beforeAll(async () => {
  service = await startService({ LOG_LEVEL: 'debug' });
  journey = await playJourney(service, { erasing: true });
  const query = `{ users { nodes { ${USER} } } auditEvents(first: 100) { nodes {
    summary ip userAgent actor { kind name } subject { name } device { name } } } }`;
  ({ users, auditEvents: trail } = await ask(journey.primary, query));
  const operator = operatorOf(service);
  await operator.begin(CAST.alias, REASON);
  await operator.callOff(CAST.alias);
  await operator.begin(CAST.alias, REASON);
  service.clock.advance(72 * HOUR + 60_000);
  oneTimePassword = oneTimePasswordIn(await operator.complete(CAST.alias, true));
  await eventually(async () => expect((await viewer(journey.primary)) === null).toBe(true));
  running = await heldBy(service);
  await service.stop();
  stopped = await heldBy(service);
});

afterAll(() => service.dispose());

/** The ways in which bytes may be written down. */
function writings(bytes: Buffer): Buffer[] {
  const texts = [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), bytes.toString('base64url')];
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [bytes, ...[...texts, base64].map((text) => Buffer.from(text))];
}

function placesOf(secret: Buffer): string[] {
  const found: string[] = [];
  for (const [when, files] of Object.entries({ running, stopped })) {
    for (const [name, content] of files) if (content.includes(secret)) found.push(`${name} (${when})`);
  }
  if (service.log.join('').includes(secret.toString('latin1'))) found.push('the log');
  return found;
}

function placesOfAny(secrets: readonly Buffer[]): string[] {
  return [...new Set(secrets.flatMap(placesOf))];
}

/** A six-digit code that stands by itself; one inside a longer number or word is there by chance. */
function placesOfCode(code: string): string[] {
  const alone = new RegExp(`(?<![0-9A-Za-z_-])${code}(?![0-9A-Za-z_-])`);
  const files = [...running, ...stopped].filter(([, content]) => alone.test(content.toString('latin1')));
  return [...files.map(([name]) => name), ...(alone.test(service.log.join('')) ? ['the log'] : [])];
}

it('the journey has every event that can come about without a race', async () => {
  const types = new Set(await storedTypes(service));
  const missing = Object.keys(catalogue).filter((type) => !types.has(type));
  // The journey has one setting of the origin, and begins no export.
  const others = ['AuditOriginChanged', 'AuditTrailExported'];
  expect(missing.sort()).toStrictEqual([...others, 'RegistrationAbandoned', 'UserRenameAbandoned']);
});

describe('outside the sealed vault there is', () => {
  it('no seed, in whatever writing', () => {
    expect(journey.secrets.seeds.length).toBeGreaterThanOrEqual(3);
    for (const seed of journey.secrets.seeds) {
      const bytes = Buffer.from(Secret.fromBase32(seed).bytes);
      expect(bytes).toHaveLength(20);
      expect(placesOfAny([Buffer.from(seed), Buffer.from(seed.toLowerCase()), ...writings(bytes)])).toStrictEqual([]);
    }
  });

  it('no password', () => {
    for (const password of [...journey.secrets.passwords, oneTimePassword]) {
      expect(placesOfAny(writings(Buffer.from(password)))).toStrictEqual([]);
    }
    expect(placesOf(Buffer.from('$argon2id$'))).toStrictEqual([]);
  });

  it('no code', () => {
    expect(journey.secrets.codes.length).toBeGreaterThan(10);
    for (const code of journey.secrets.codes) expect(placesOfCode(code)).toStrictEqual([]);
  });

  it('no recovery code, in whatever writing', () => {
    expect(journey.secrets.recoveryCodes).toHaveLength(20);
    for (const shown of journey.secrets.recoveryCodes) {
      const plain = shown.replaceAll('-', '');
      const texts = [shown, plain, shown.toLowerCase(), plain.toLowerCase()];
      expect(placesOfAny(texts.flatMap((text) => writings(Buffer.from(text))))).toStrictEqual([]);
    }
  });

  it('no secret that a browser is trusted by', () => {
    expect(journey.secrets.trusts).toHaveLength(1);
    for (const trust of journey.secrets.trusts) {
      const secret = trust.split('.').at(-1) ?? '';
      expect(secret).toHaveLength(43);
      expect(placesOfAny([Buffer.from(trust), ...writings(Buffer.from(secret, 'base64url'))])).toStrictEqual([]);
    }
  });

  it('no token of a session or program, no grant, and no secret half of one', () => {
    expect(journey.secrets.tokens.length).toBeGreaterThan(5);
    for (const token of journey.secrets.tokens) {
      // The last part is what makes it one: a secret or, of a grant, its signature.
      const secret = token.split('.').at(-1) ?? '';
      expect(secret).toHaveLength(token.startsWith('ey') ? 86 : 43);
      expect(placesOfAny([Buffer.from(token), ...writings(Buffer.from(secret, 'base64url'))])).toStrictEqual([]);
    }
  });

  it('no key that signs grants but in its own file', () => {
    const [, line = '{}'] = running.get('grant-keys.txt')?.toString().split('\n') ?? [];
    const places = placesOfAny(writings(Buffer.from(JSON.parse(line).d, 'base64url')));
    expect(new Set(places)).toStrictEqual(new Set(['grant-keys.txt (running)', 'grant-keys.txt (stopped)']));
  });

  it('no key of the ring but in its own file', () => {
    const ring = JSON.parse(running.get('keys.json')?.toString() ?? '{}');
    expect(Object.keys(ring).sort()).toStrictEqual(['active', 'digest', 'sealing']);
    for (const key of [ring.digest, ...Object.values(ring.sealing as object)] as string[]) {
      const places = placesOfAny(writings(Buffer.from(key, 'base64')));
      expect(new Set(places)).toStrictEqual(new Set(['keys.json (running)', 'keys.json (stopped)']));
    }
  });
});

describe('in the log there is', () => {
  const personal = [
    ...[CAST.alias, CAST.email, CAST.username, CAST.displayName, CAST.samEmail, CAST.colleague, CAST.userAgent],
    ...[CAST.credentialName, CAST.operation, CAST.resource, CAST.argumentsDigest],
    ...[...CAST.deviceNames, AUDIT_TOKEN_NAME, REASON, '127.0.0.1', '::1'],
  ];

  it.each(personal)('no %s, in whatever holds it or in an event', async (value) => {
    const events = textOf(await storedEvents(service)).toLowerCase();
    expect(events).not.toContain(value.toLowerCase());
    if (value === '::1') return;
    const log = [...running, ...stopped].filter(([name]) => isOfLog(name));
    expect(log.length).toBeGreaterThanOrEqual(3);
    for (const [, content] of log) {
      for (const writing of [...writings(Buffer.from(value)), Buffer.from(value.toLowerCase())]) {
        expect(content.includes(writing)).toBe(false);
      }
    }
  });

  it('no name of a key that would hold a secret or a name', async () => {
    const forbidden =
      /^(secret|seed|code|token|password|username|displayName|email|alias|ip|userAgent|deviceName|name)$/i;
    const keysOf = (value: Loose): string[] =>
      value === null || typeof value !== 'object'
        ? []
        : Object.entries(value as object).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
    const events = await storedEvents(service);
    expect(events.length).toBeGreaterThan(50);
    const keys = new Set(events.flatMap(({ data, metadata, personal: sealed }) => keysOf([data, metadata, sealed])));
    expect([...keys].filter((key) => forbidden.test(key))).toStrictEqual([]);
  });

  it('a sealed blob with its commitment for each value, and the address of every request', async () => {
    const events = (await storedEvents(service, 'user-*')).filter(({ type }) =>
      ['UserCreated', 'UserRenamed'].includes(type),
    );
    for (const { personal: sealed } of events) {
      expect(sealed).toStrictEqual({
        subject: { personId: expect.any(String), sealed: expect.any(String), commitment: expect.any(String) },
        request: { personId: expect.any(String), sealed: expect.any(String), commitment: expect.any(String) },
      });
    }
    const names = await storedEvents(service, 'name-*');
    expect(names.map(({ personal: sealed }) => sealed)).toStrictEqual(names.map(() => null));
  });
});

describe('the vault', () => {
  it('holds what it holds sealed, each under its kind and id', async () => {
    const secrets = await heldSecrets(service);
    expect(new Set(secrets.map(({ kind }) => kind))).toStrictEqual(
      new Set(['seed', 'password', 'person', 'recovery', 'check']),
    );
    for (const { sealed } of secrets) expect(sealed.toString('latin1')).not.toMatch(/argon2|SHA1|period|digests/);
  });
});

describe('the read models', () => {
  it('show names as they are', () => {
    expect(users.nodes).toMatchObject([
      { username: CAST.email, email: CAST.email, account: { alias: CAST.alias } },
      { username: CAST.username, displayName: CAST.displayName, email: CAST.samEmail },
      { username: CAST.colleague, displayName: CAST.colleague, email: null },
    ]);
  });

  it('show nobody a secret', () => {
    const shown = JSON.stringify([users, trail]);
    const { seeds, passwords, tokens, codes } = journey.secrets;
    const secrets = [...seeds, ...passwords, ...tokens.map((token) => token.split('.').at(-1) ?? token)];
    expect(secrets.filter((secret) => shown.includes(secret))).toStrictEqual([]);
    expect(codes.filter((code) => new RegExp(`\\b${code}\\b`).test(shown))).toStrictEqual([]);
  });

  it('show an auditor who, from where and with what', () => {
    const shown = JSON.stringify(trail);
    for (const value of [CAST.username, CAST.email, CAST.userAgent, ...CAST.deviceNames])
      expect(shown).toContain(value);
    const byPeople = trail.nodes.filter(({ actor }: Loose) => actor.kind !== 'SYSTEM');
    // Of whoever was erased neither is known any more.
    const known = byPeople.filter(
      ({ actor, subject }: Loose) => subject?.name !== null && (actor.kind !== 'USER' || actor.name !== null),
    );
    expect(known.length).toBeGreaterThan(20);
    expect(known.every(({ ip }: Loose) => ip !== null && ip !== '')).toBe(true);
  });
});
