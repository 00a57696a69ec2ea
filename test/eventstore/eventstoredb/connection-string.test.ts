import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseConnection, placeOf } from '../../../src/eventstore/eventstoredb/connection-string.js';

const SECRET = 'pa55-of-the-log';

function parse(url: string, more: Partial<Parameters<typeof parseConnection>[0]> = {}) {
  return parseConnection({ url, credentials: null, caFile: null, ...more });
}

function refusalOf(url: string, more: Partial<Parameters<typeof parseConnection>[0]> = {}): string {
  try {
    parse(url, more);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_CONFIG' });
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('A connection string', () => {
  it('names one node, on port 2113 unless it says otherwise', () => {
    const { endpoints, discover, tls } = parse('esdb://localhost?tls=false');
    expect({ endpoints, discover, tls }).toEqual({
      endpoints: [{ address: 'localhost', port: 2113 }],
      ...{ discover: false, tls: false },
    });
  });

  it('names several nodes', () => {
    expect(parse('esdb://a.example.com:1,b.example.com:2,c.example.com?tls=false').endpoints).toEqual([
      { address: 'a.example.com', port: 1 },
      { address: 'b.example.com', port: 2 },
      { address: 'c.example.com', port: 2113 },
    ]);
  });

  it('names a cluster that is asked for its nodes', () => {
    expect(parse('esdb+discover://cluster.example.com/?tls=false')).toMatchObject({ discover: true });
  });

  it('is over TLS unless it says otherwise', () => {
    expect(parse(`esdb://admin:${SECRET}@localhost`)).toMatchObject({
      tls: true,
      credentials: { username: 'admin', password: SECRET },
    });
  });

  it('has its user and password percent-decoded', () => {
    expect(parse('esdb://a%40b:p%3A%40%2F%3F%23@localhost').credentials).toEqual({
      username: 'a@b',
      password: 'p:@/?#',
    });
  });

  it('may leave user, password and authority to variables of their own', () => {
    const credentials = { username: 'admin', password: SECRET };
    const caFile = fileURLToPath(import.meta.url);
    expect(parse('esdb://localhost', { credentials, caFile })).toMatchObject({
      credentials,
      authority: readFileSync(caFile),
    });
  });

  it('has options whatever the case of their names', () => {
    expect(parse('esdb://localhost?TLS=false&keep_alive-interval=2000&keepAliveTimeout=3000')).toMatchObject({
      ...{ tls: false, keepAliveInterval: 2_000, keepAliveTimeout: 3_000 },
    });
    const caFile = fileURLToPath(import.meta.url);
    const { authority } = parse(`esdb://a:b@localhost?tlsCAFile=${encodeURIComponent(caFile)}`);
    expect(authority).toEqual(readFileSync(caFile));
  });

  it.each([
    ['', 'is no connection string'],
    ['http://localhost', 'is no connection string'],
    ['kurrentdb://localhost', 'is no connection string'],
    ['esdb://', 'is no connection string'],
    ['esdb://localhost/path', 'is no connection string'],
    ['esdb://[::1]:2113?tls=false', 'names a host'],
    ['esdb://local host?tls=false', 'names a host'],
    ['esdb://localhost:0?tls=false', 'names a host'],
    ['esdb://localhost:65536?tls=false', 'names a host'],
    ['esdb://a,,b?tls=false', 'names a host'],
    ['esdb+discover://a,b?tls=false', 'has several hosts'],
    ['esdb://localhost?tls=no', 'has an option tls'],
    ['esdb://localhost?tlsVerifyCert=false', 'has an option that this service does not take'],
    ['esdb://localhost?throwOnAppendFailure=false', 'has an option that this service does not take'],
    ['esdb://localhost?nodePreference=follower', 'has an option that this service does not take'],
    ['esdb://localhost?tls=false&keepAliveInterval=-1', 'has an option keepAliveInterval'],
    ['esdb://localhost?tls=false&keepAliveTimeout=0', 'has an option keepAliveTimeout'],
    ['esdb://localhost', 'leads to an EventStoreDB with TLS'],
    ['esdb://admin@localhost', 'has something before the "@"'],
    ['esdb://:x@localhost', 'has something before the "@"'],
    ['esdb://a:b@localhost?tlsCAFile=/nowhere/ca.pem', 'comes with an authority file'],
  ])('%s is refused: it %s', (url, fault) => {
    expect(refusalOf(url)).toContain(`EVENT_STORE_URL ${fault}`);
  });

  it('says who the user is once', () => {
    const credentials = { username: 'admin', password: SECRET };
    expect(refusalOf('esdb://a:b@localhost', { credentials })).toContain('Say it once');
  });

  it.each([
    `esdb://admin:${SECRET}:x@localhost`,
    `esdb://admin:${SECRET}@x@localhost`,
    `esdb://admin:${SECRET}/x@localhost`,
    `esdb://admin:${SECRET}?x@localhost`,
    `esdb://admin:${SECRET}#x@localhost`,
    `esdb://admin:${SECRET}%@localhost`,
    `esdb://admin:${SECRET}@localhost?${SECRET}=1`,
    `esdb://admin:${SECRET}@localhost?tls=${SECRET}`,
    `http://admin:${SECRET}@localhost`,
  ])('never has its password quoted by a refusal: %s', (url) => {
    expect(refusalOf(url)).not.toContain(SECRET);
  });

  it('is shown without user, password, options and files', () => {
    expect(placeOf(parse(`esdb://admin:${SECRET}@a:1,b`))).toBe('esdb://a:1,b:2113');
    expect(placeOf(parse(`esdb+discover://admin:${SECRET}@a`))).toBe('esdb+discover://a:2113');
  });
});
