import type { Application } from '../../src/application/application.js';
import { createSubUser } from '../../src/application/create-sub-user.js';
import { registerPrimaryAccount } from '../../src/application/register-primary-account.js';
import { requestContext, send, tokenOf, unchallenged, valueOf, type SignInNames } from '../../test/support/world.js';
import { PASSWORD } from './application.js';

/** An account, with its primary signed in. */
export interface SeededAccount {
  readonly accountId: string;
  readonly alias: string;
  readonly email: string;
  /** The primary's token. */
  readonly primary: string;
}

/** A sub-user, by what it signs in with. */
export interface SeededUser extends SignInNames {
  readonly account: string;
  readonly userId: string;
}

/** Registers an account and signs its primary in. */
export async function registerAccount(app: Application, alias: string): Promise<SeededAccount> {
  const email = `owner@${alias}.example`;
  const registered = await registerPrimaryAccount(app, requestContext(), { alias, email, password: PASSWORD });
  if (!registered.ok) throw new Error(`${alias} was not registered: ${JSON.stringify(registered.rejections)}`);
  const primary = await tokenOf(app, { account: null, username: email, password: PASSWORD });
  return { accountId: registered.value.accountId, alias, email, primary };
}

/** Creates a sub-user. */
export async function createUser(app: Application, account: SeededAccount, username: string): Promise<SeededUser> {
  const created = await send(app, account.primary, async (ports, request, current) =>
    unchallenged(
      await createSubUser(ports, request, current, {
        ...{ username, password: PASSWORD, displayName: null, email: null },
        ...{ role: 'MEMBER', requireMfa: false, challengeId: null },
      }),
    ),
  );
  return { account: account.alias, username, password: PASSWORD, userId: valueOf(created).userId };
}

/** Does work for each number from 0 on, so many at a time: what is done at once shares a commit. */
export async function forNumbers(count: number, work: (index: number) => Promise<void>, atOnce = 64): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
