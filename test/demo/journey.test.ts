import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';
import { playJourney } from '../../src/demo/journey.js';
import { createNarrator } from '../../src/demo/narrator.js';
import { instantOf } from '../../src/domain/instant.js';
import { start } from '../../src/service.js';

interface Played {
  readonly steps: number;
  readonly story: string;
  /** What went over the network, both ways. */
  readonly traffic: string;
  /** Milliseconds that were waited for codes. */
  readonly waited: number;
}

/** Plays the journey against a real service whose clock, like the phones', passes by waiting only. */
async function play(): Promise<Played> {
  const dataDir = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const written: string[] = [];
  const begin = Date.parse('2026-03-01T12:00:07Z');
  let waited = 0;
  const time = { now: () => begin + waited, sleep: async (milliseconds: number) => void (waited += milliseconds) };
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
  const service = await start(config, { now: () => instantOf(time.now()) });
  const { restore, traffic } = eavesdrop();
  try {
    const narrator = createNarrator({ write: (text) => written.push(text) }, time);
    const signal = new AbortController().signal;
    const steps = await playJourney({ ...time, narrator, signal, url: service.url });
    return { steps, story: written.join(''), traffic: traffic.join('\n'), waited };
  } finally {
    restore();
    await service.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function eavesdrop() {
  const real = globalThis.fetch;
  const traffic: string[] = [];
  globalThis.fetch = async (url, init) => {
    const response = await real(url, init);
    traffic.push(
      typeof init?.body === 'string' ? init.body : '',
      await response.clone().text(),
      ...response.headers.getSetCookie(),
    );
    return response;
  };
  return { traffic, restore: () => void (globalThis.fetch = real) };
}

function found(pattern: RegExp, text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, value]) => value ?? ''))];
}

describe('the journey of the demo', () => {
  let played: Played;

  beforeAll(async () => {
    played = await play();
  });

  it('tells as many steps as it has played', () => {
    expect(found(/^(\d+)\. /gm, played.story)).toHaveLength(played.steps);
  });

  it('waits for the next code three times', () => {
    expect(played.waited).toBe(23_000 + 30_000 + 30_000);
  });

  it('ends with the audit trail, oldest first', () => {
    const types = found(/^│ +\d+ │[^│]+│ (\w+)/gm, played.story);
    expect(types.slice(0, 3)).toEqual(['UserCreated', 'PrimaryAccountRegistered', 'PasswordRejected']);
    expect(types).toContain('MfaCodeReplayed');
    expect(types).toContain('MfaDeviceReplaced');
  });

  it.each([
    ['passwords', /"password":"([^"]+)"/g, 4],
    ['codes', /"code":"(\d{6})"/g, 7],
    ['seeds', /"secret":"([^"]+)"/g, 3],
    ['bearer tokens', /"token":"([^"]+)"/g, 2],
    ['cookies', /^session=([^;]+)/gm, 8],
  ])('writes no %s', (_, pattern, atLeast) => {
    const secrets = found(pattern, played.traffic);
    expect(secrets.length).toBeGreaterThanOrEqual(atLeast);
    expect(secrets.filter((secret) => played.story.includes(secret))).toEqual([]);
  });
});
