import { describe, expect, it } from '@jest/globals';
import { settingsOf } from '../../src/application/request-budgets.js';
import { createRequestLimits, type RequestLimits, takeOfAccount } from '../../src/application/request-limits.js';
import {
  serviceWriterOf,
  takeUrgentWrite,
  takeWrite,
  tokenWriterOf,
  writerOf,
  type Writer,
} from '../../src/application/write-budgets.js';
import type { CurrentSession } from '../../src/application/request-context.js';

interface Budgets {
  readonly session?: number;
  readonly user?: number;
  readonly account?: number;
}

function limitsWith({ session = 1_000, user = 1_000, account = 1_000 }: Budgets): RequestLimits {
  const off = settingsOf(() => null);
  return createRequestLimits({
    ...off,
    ...{ WRITES_OF_SESSION: session, WRITES_OF_USER: user, WRITES_OF_ACCOUNT: account },
  });
}

const writer = (sessionKey: string, userId: string, isPrimary = false): Writer => ({
  ...{ accountId: 'acme', sessionKey, userId, isPrimary },
});
const primary = writer('of ada', 'ada', true);

const REFUSED = { code: 'RATE_LIMITED' };

/** How many writes of a kind get through until one is refused. */
async function writesUntilRefused(write: () => Promise<void>): Promise<number> {
  for (let writes = 0; writes < 2_000; writes += 1) {
    try {
      await write();
    } catch {
      return writes;
    }
  }
  return Infinity;
}

describe('A write', () => {
  it('counts for its session, and for its user over all sessions', async () => {
    const limits = limitsWith({ session: 10, user: 25 });
    const inSession = (name: string) => writesUntilRefused(() => takeWrite(limits, writer(name, 'sam')));
    expect([await inSession('one'), await inSession('two'), await inSession('three')]).toEqual([10, 10, 5]);
    expect(await inSession('four')).toBe(0);
    await takeWrite(limits, writer('of kim', 'kim'));
  });

  it('of members leaves the primary a quarter of the account, however many members there are', async () => {
    const limits = limitsWith({ account: 100 });
    let members = 0;
    for (let member = 0; member < 5; member += 1)
      members += await writesUntilRefused(() => takeWrite(limits, writer(`session ${member}`, `member ${member}`)));
    expect(members).toBe(75);
    expect(await writesUntilRefused(() => takeWrite(limits, primary))).toBe(25);
  });

  it('of the primary may use all of the account', async () => {
    const limits = limitsWith({ account: 100 });
    expect(await writesUntilRefused(() => takeWrite(limits, primary))).toBe(100);
    await expect(takeWrite(limits, writer('of sam', 'sam'))).rejects.toMatchObject(REFUSED);
  });

  it('that is refused for its own sake takes nothing from the account', async () => {
    const limits = limitsWith({ session: 5, account: 100 });
    await writesUntilRefused(() => takeWrite(limits, writer('greedy', 'sam')));
    for (let time = 0; time < 200; time += 1)
      await expect(takeWrite(limits, writer('greedy', 'sam'))).rejects.toMatchObject(REFUSED);
    let others = 0;
    for (let one = 0; one < 20; one += 1)
      others += await writesUntilRefused(() => takeWrite(limits, writer(`other ${one}`, `user ${one}`)));
    expect(others).toBe(70);
  });

  it('works with the smallest budgets: less than four points have no reserved part', async () => {
    const limits = limitsWith({ account: 3 });
    await takeWrite(limits, writer('of sam', 'sam'));
    expect(await writesUntilRefused(() => takeWrite(limits, primary))).toBe(2);
  });
});

describe('Exports, and passwords for sub-users,', () => {
  it.each(['EXPORTS_OF_ACCOUNT', 'SUB_USER_PASSWORDS_OF_ACCOUNT'] as const)(
    'leave the primary a quarter as well: %s',
    async (limit) => {
      const limits = createRequestLimits({ ...settingsOf(() => null), [limit]: 20 });
      const member = writer('of sam', 'sam');
      expect(await writesUntilRefused(() => takeOfAccount(limits, limit, member))).toBe(15);
      expect(await writesUntilRefused(() => takeOfAccount(limits, limit, primary))).toBe(5);
    },
  );
});

describe('An urgent write', () => {
  it('gets through where session, user and account have used up their budgets', async () => {
    const limits = limitsWith({ session: 5, user: 5, account: 4 });
    for (const one of [primary, writer('of sam', 'sam')]) await writesUntilRefused(() => takeWrite(limits, one));
    await expect(takeWrite(limits, primary)).rejects.toMatchObject(REFUSED);
    await takeUrgentWrite(limits, primary);
    await takeUrgentWrite(limits, writer('of sam', 'sam'));
  });

  it('has ten times as much of a session and of a user, and then an end', async () => {
    const limits = limitsWith({ session: 5, user: 8 });
    const inSession = (name: string) => writesUntilRefused(() => takeUrgentWrite(limits, writer(name, 'sam')));
    expect([await inSession('one'), await inSession('two')]).toEqual([50, 30]);
    await takeWrite(limits, writer('one', 'sam'));
  });
});

describe('Who writes', () => {
  const user = { accountId: 'acme', userId: 'sam', kind: 'SUB_USER' } as CurrentSession['user'];

  it('is a session of a user', () => {
    const expected = { accountId: 'acme', sessionKey: 'session one', userId: 'sam', isPrimary: false };
    expect(writerOf({ sessionId: 'one', stage: 'FULL', user })).toEqual(expected);
    expect(writerOf({ sessionId: 'one', stage: 'FULL', user: { ...user, kind: 'PRIMARY' } }).isPrimary).toBe(true);
  });

  it('is a session alone while it owes a code, so that who knows the password keeps nobody out', () => {
    expect(writerOf({ sessionId: 'one', stage: 'MFA_CHALLENGE', user }).userId).toBeNull();
  });

  it('is an audit token or a service credential, which are nobody else', () => {
    const programs = [
      tokenWriterOf({ accountId: 'acme', tokenId: 'one' }),
      serviceWriterOf({ accountId: 'acme', credentialId: 'one', service: 'vm' }),
    ];
    expect(new Set(programs.map(({ sessionKey }) => sessionKey)).size).toBe(2);
    for (const program of programs)
      expect(program).toMatchObject({ accountId: 'acme', userId: null, isPrimary: false });
  });
});
