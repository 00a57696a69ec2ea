import { describe, expect, it } from '@jest/globals';
import { RateLimitedError } from '../../src/application/errors.js';
import { settingsOf } from '../../src/application/request-budgets.js';
import { createRequestLimits, networkOf, takeOfAddress } from '../../src/application/request-limits.js';
import { eventually } from '../support/eventually.js';

const OFF = settingsOf(() => null);

describe('A budget of requests', () => {
  it('lets so many through, then tells when it is full again', async () => {
    const limits = createRequestLimits({ ...OFF, PASSWORDS_OF_USER: 3 });
    for (let time = 0; time < 3; time += 1) await limits.take('PASSWORDS_OF_USER', 'ada');
    await expect(limits.take('PASSWORDS_OF_USER', 'ada')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    const refusal: unknown = await limits.take('PASSWORDS_OF_USER', 'ada').catch((error: unknown) => error);
    if (!(refusal instanceof RateLimitedError)) throw new Error('it was let through');
    expect(refusal.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it('is one of a key and of a limit, and none where the limit is off', async () => {
    const limits = createRequestLimits({ ...OFF, PASSWORDS_OF_USER: 1, EXPORTS_OF_ACCOUNT: 1 });
    await limits.take('PASSWORDS_OF_USER', 'ada');
    await limits.take('PASSWORDS_OF_USER', 'sam');
    await limits.take('EXPORTS_OF_ACCOUNT', 'ada');
    for (let time = 0; time < 200; time += 1) await limits.take('SIGN_INS_OF_ADDRESS', 'ada');
    await expect(limits.take('PASSWORDS_OF_USER', 'ada')).rejects.toThrow();
  });

  it('has a wide one beside it, ten times as large', async () => {
    const limits = createRequestLimits({ ...OFF, SIGN_INS_OF_ADDRESS: 2 });
    for (let time = 0; time < 2; time += 1) await limits.take('SIGN_INS_OF_ADDRESS', 'one');
    for (let time = 0; time < 20; time += 1) await limits.take('SIGN_INS_OF_ADDRESS', 'one', { breadth: 'WIDE' });
    await expect(limits.take('SIGN_INS_OF_ADDRESS', 'one', { breadth: 'WIDE' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  it('gives several points at once, and takes none for what it refuses', async () => {
    const limits = createRequestLimits({ ...OFF, EXPORTS_OF_ACCOUNT: 10 });
    const take = (points: number) => limits.take('EXPORTS_OF_ACCOUNT', 'acme', { points });
    await take(6);
    for (let time = 0; time < 3; time += 1) await expect(take(5)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await take(3);
    await take(1);
    await expect(take(1)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('lets through what costs more than all of it, when it is full', async () => {
    const limits = createRequestLimits({ ...OFF, EXPORTS_OF_ACCOUNT: 10 });
    const take = (points: number) => limits.take('EXPORTS_OF_ACCOUNT', 'acme', { points });
    await take(1_000);
    await expect(take(1)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is full again after its time', async () => {
    const limits = createRequestLimits({ ...OFF, PASSWORDS_OF_USER: 1 }, { durationSeconds: 1 });
    await limits.take('PASSWORDS_OF_USER', 'ada');
    await expect(limits.take('PASSWORDS_OF_USER', 'ada')).rejects.toThrow();
    await eventually(() => limits.take('PASSWORDS_OF_USER', 'ada'));
  });

  it('is exact for what comes at once', async () => {
    const limits = createRequestLimits({ ...OFF, SIGN_INS_OF_ADDRESS: 20 });
    const taken = await Promise.allSettled(
      Array.from({ length: 100 }, () => limits.take('SIGN_INS_OF_ADDRESS', '192.0.2.1')),
    );
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  });

  it('is forgotten when many others were used since, and kept while it is used itself', async () => {
    const limits = createRequestLimits({ ...OFF, SIGN_INS_OF_ACCOUNT: 2 }, { mostKeys: 10 });
    for (const key of ['idle', 'idle', 'attacked', 'attacked']) await limits.take('SIGN_INS_OF_ACCOUNT', key);
    for (let other = 0; other < 50; other += 1) {
      await limits.take('SIGN_INS_OF_ACCOUNT', `other ${other}`);
      await expect(limits.take('SIGN_INS_OF_ACCOUNT', 'attacked')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    }
    await limits.take('SIGN_INS_OF_ACCOUNT', 'idle');
  });
});

describe('An address', () => {
  it('is part of a /48, which has ten times the budget for all its networks', async () => {
    const limits = createRequestLimits({ ...OFF, SIGN_INS_OF_ADDRESS: 2 });
    const take = (ip: string) => takeOfAddress(limits, 'SIGN_INS_OF_ADDRESS', ip);
    for (let network = 1; network <= 20; network += 1) await take(`2001:db8:1:${network}::1`);
    await expect(take('2001:db8:1:21::1')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await take('2001:db8:2:1::1');
    for (let host = 1; host <= 40; host += 1) await take(`192.0.2.${host}`);
  });
});

describe('Who an address is', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['::1', '0:0:0:0::/64'],
    [null, 'unknown'],
    ['proxy.example', 'unknown'],
  ])('%s is %s', (ip, network) => expect(networkOf(ip)).toBe(network));
});
