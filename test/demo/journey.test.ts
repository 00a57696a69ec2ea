import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as realSleep } from 'node:timers/promises';
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
}

/** What a pause takes at most; the service destroys seeds in real time. */
const LONGEST_PAUSE = 20;

/** Plays the journey against a real service whose clock, like the phones', passes by waiting only. */
async function play(): Promise<Played> {
  const dataDir = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const written: string[] = [];
  const begin = Date.parse('2026-03-01T12:00:07Z');
  let waited = 0;
  const time = {
    now: () => begin + waited,
    sleep: async (milliseconds: number) => {
      waited += milliseconds;
      await realSleep(Math.min(milliseconds, LONGEST_PAUSE));
    },
  };
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
  const service = await start(config, { now: () => instantOf(time.now()) });
  const { restore, traffic } = eavesdrop();
  try {
    const narrator = createNarrator({ write: (text) => written.push(text) }, time);
    const signal = new AbortController().signal;
    const steps = await playJourney({ ...time, narrator, signal, url: service.url });
    return { steps, story: written.join(''), traffic: traffic.join('\n') };
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
    expect(found(/^\[(\d+)\] /gm, played.story)).toHaveLength(played.steps);
  });

  it('follows the document heading by heading, in its order', () => {
    const headings = found(/^(.+)\n[═─]+$/gm, played.story);
    expect(headings).toEqual([
      'Before: an Account and Its Sub-users',
      'Different Accounts Enable Entry for MFA Verification',
      '1. Primary Account Enables MFA Verification',
      '2. Primary Account Enables MFA Verification for Sub-user',
      '3. Sub-user Enables MFA Verification on Its Own',
      'MFA Verification Enabling Process',
      'Step 1: Obtain and enter the MFA verification code',
      'Step 2: Setting Succeeded',
      'Disable virtual MFA equipment',
      'After: the Coverage and the Audit Trail',
      'After: an Audit Trail That Needs No Trust',
      'After: Sensitive Operations, and a Lost Phone',
    ]);
    expect(found(/^\[\d+\] (MFA Verification Must be Enabled|\(\d\) .+)$/gm, played.story)).toEqual([
      'MFA Verification Must be Enabled',
      '(1) Obtain MFA verification code',
      '(2) Enter the MFA verification code',
    ]);
  });

  it('waits for the next code six times, never longer than codes last', () => {
    const waits = [...played.story.matchAll(/waiting for the next \((\d+) s\)/g)].map(([, seconds]) => Number(seconds));
    expect(waits).toHaveLength(6);
    expect(waits[0]).toBe(23);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30);
  });

  it('ends with the audit trail, oldest first', () => {
    const types = found(/^│ +\d+ │[^│]+│ (\w+)/gm, played.story);
    expect(types.slice(0, 3)).toEqual(['UserCreated', 'PrimaryAccountRegistered', 'PasswordRejected']);
    for (const type of [
      'SubUserMfaRequired',
      'MfaCodeReplayed',
      'MfaDisabled',
      'MfaSecretDestroyed',
      'MfaDeviceReplaced',
    ])
      expect(types).toContain(type);
  });

  it.each([
    ['passwords', /"password":"([^"]+)"/g, 6],
    ['codes', /"code":"(\d{6})"/g, 14],
    ['seeds', /"secret":"([^"]+)"/g, 6],
    ['bearer tokens', /"token":"([^"]+)"/g, 3],
    ['recovery codes', /"recoveryCode":"([^"]+)"/g, 4],
    ['recovery codes that were not used', /"([0-9A-Z]{4}(?:-[0-9A-Z]{4}){5})"/g, 10],
    ['service credentials', /"(vsc_[^"]+)"/g, 1],
    ['grants', /"grant":"([^"]+)"/g, 1],
    ['cookies', /^session=([^;]+)/gm, 14],
  ])('writes no %s', (_, pattern, atLeast) => {
    const secrets = found(pattern, played.traffic);
    expect(secrets.length).toBeGreaterThanOrEqual(atLeast);
    expect(secrets.filter((secret) => played.story.includes(secret))).toEqual([]);
  });
});
