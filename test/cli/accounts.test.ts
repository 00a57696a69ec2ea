import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { beginRecovery } from '../../src/cli/accounts/recover.js';
import type { Config } from '../../src/config.js';
import { HOUR } from '../../src/domain/instant.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ask, mutate, succeed, viewer } from '../support/operations.js';
import { oneTimePasswordIn, operatorOf, settingsOf } from '../support/operator.js';
import {
  answerChallenge,
  createSubUser,
  fresh,
  protectedPrimary,
  signIn,
  trySignIn,
  type Account,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedTypes } from '../support/stored.js';
import { silentTerminal } from './given.js';

const REASON = 'phone stolen, identified by passport';

let service: TestService;
let owner: Awaited<ReturnType<typeof protectedPrimary>>;

beforeEach(async () => {
  service = await startService();
  owner = await protectedPrimary(service);
});

afterEach(() => service.dispose());

const begin = (named: string, reason = REASON) => operatorOf(service).begin(named, reason);
const callOff = (named: string) => operatorOf(service).callOff(named);
const complete = (named: string, reset = false) => operatorOf(service).complete(named, reset);
const show = (named: string) => operatorOf(service).show(named);

async function recoveryAsSeenBy(client: Client) {
  return (await ask(client, '{ viewer { accountRecovery { requestedAt notBefore completedAt } } }')).viewer
    .accountRecovery;
}

/** Signs the primary in anew, with a code. */
async function withCode({ account, authenticator }: typeof owner): Promise<Client> {
  const client = await signIn(service, account);
  await answerChallenge(client, authenticator);
  return client;
}

describe('accounts recover', () => {
  it('takes the MFA of a primary who has lost everything off, after three days in which the account is told', async () => {
    const { account, client } = owner;
    const admin = await signIn(service, await createSubUser(client, account, 'ADMIN'));
    const auditor = await signIn(service, await createSubUser(client, account, 'AUDITOR'));
    const member = await signIn(service, await createSubUser(client, account));
    expect(await begin(account.alias)).toContain('The recovery is begun');
    await eventually(async () => expect(await recoveryAsSeenBy(client)).not.toBeNull());
    const { requestedAt, notBefore, completedAt } = await recoveryAsSeenBy(client);
    expect(completedAt).toBeNull();
    expect(Math.round((Date.parse(notBefore) - Date.parse(requestedAt)) / HOUR)).toBe(72);
    expect(await recoveryAsSeenBy(admin)).toEqual({ requestedAt, notBefore, completedAt });
    for (const other of [auditor, member]) expect(await recoveryAsSeenBy(other)).toBeNull();
    const trail =
      '{ auditEvents(first: 1) { nodes { type actor { kind id } details { ... on AccountRecoveryRequestedDetails { notBefore } } } } }';
    expect((await ask(auditor, trail)).auditEvents.nodes).toMatchObject([
      { type: 'AccountRecoveryRequested', actor: { kind: 'SYSTEM', id: 'operator' }, details: { notBefore } },
    ]);
    await expect(complete(account.alias)).rejects.toThrow(/can be completed from \S+ on: wait until then/);

    service.clock.advance(73 * HOUR);
    const password = oneTimePasswordIn(await complete(account.alias, true));
    await eventually(async () => expect(await viewer(client)).toBeNull());
    expect((await trySignIn(service.client(), account)).refusal).toBe('SIGN_IN_FAILED');
    const back = await signIn(service, { ...account, password });
    expect((await viewer(back)).stage).toBe('PASSWORD_CHANGE');
    await succeed(back, 'changePassword', { newPassword: 'a password of my own again' });
    expect(await viewer(back)).toMatchObject({ stage: 'FULL', user: { mfa: { enabled: false } } });
    expect(await recoveryAsSeenBy(back)).toEqual({ requestedAt, notBefore, completedAt: expect.any(String) });
    await eventually(async () => expect(await storedTypes(service)).toContain('MfaSecretDestroyed'));
    await expect(complete(account.alias, true)).rejects.toThrow('No recovery of this account is pending');
  });

  it('goes on as it is when it is begun again, and leaves the password alone unless told otherwise', async () => {
    const { account } = owner;
    await begin(account.alias);
    service.clock.advance(71 * HOUR);
    expect(await begin(account.accountId)).toContain('A recovery was begun already');
    service.clock.advance(HOUR + 60_000);
    expect(await complete(account.accountId)).toContain('Its password is as it was.');
    expect((await viewer(await signIn(service, account))).stage).toBe('FULL');
  });

  it.each([
    ['the primary', ({ client }: typeof owner) => succeed(client, 'cancelAccountRecovery')],
    ['a sign-in of the primary with a code', (lost: typeof owner) => withCode(lost)],
    ['the operator', ({ account }: { readonly account: Account }) => callOff(account.alias)],
  ])('is called off by %s', async (_, callingOff) => {
    const { account, client } = owner;
    await begin(account.alias);
    await eventually(async () => expect(await recoveryAsSeenBy(client)).not.toBeNull());
    await callingOff(owner);
    await eventually(async () => expect(await recoveryAsSeenBy(client)).toBeNull());
    expect(await storedTypes(service)).toContain('AccountRecoveryCancelled');
    expect((await mutate(client, 'cancelAccountRecovery')).refusal).toBe('RECOVERY_NOT_REQUESTED');
    service.clock.advance(100 * HOUR);
    await expect(complete(account.alias)).rejects.toThrow('No recovery of this account is pending');
    await expect(callOff(account.alias)).rejects.toThrow('No recovery of this account is pending');
  });

  it('is refused for what is no account, no reason, and no log', async () => {
    const { account } = owner;
    await expect(begin('nobody')).rejects.toThrow('there is no account nobody');
    await expect(begin(account.alias, 'x'.repeat(257))).rejects.toThrow('A reason is at most 256 characters');
    const dataDir = join(service.folder, 'none');
    const config: Config = { ...settingsOf(service), dataDir, eventStore: { kind: 'SQLITE' } };
    const elsewhere = beginRecovery(account.alias, REASON, config, silentTerminal());
    await expect(elsewhere).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  });
});

describe('An account that is named to a command', () => {
  it('is the one with that id, and not the one that chose it as its alias; which one it is, is printed first', async () => {
    const { account } = owner;
    const squatter = fresh('squatter');
    const other = service.client();
    await succeed(other, 'registerAccount', {
      ...{ alias: account.accountId, email: `${squatter}@example.com`, password: fresh('correct horse') },
    });
    const told = new RegExp(`^account {3}${account.accountId}\\nprimary {3}\\S+\\nname {6}.*\\nThe recovery is begun`);
    expect(await begin(account.accountId)).toMatch(told);
    expect(await callOff(account.alias)).toMatch(new RegExp(`^account {3}${account.accountId}\\n`));
  });
});

describe('accounts show', () => {
  it('prints what an operator who is asked for help has to know', async () => {
    const { account } = owner;
    expect(await show(account.alias)).toMatch(
      new RegExp(
        `^account {3}${account.accountId}\\nprimary {3}\\S+\\nname {6}.*\\nMFA {7}on, device \\S+\\nrecovery {2}none\\n$`,
      ),
    );
    await begin(account.alias);
    expect(await show(account.accountId)).toMatch(
      /recovery {2}begun at \S+, can be completed from \S+ on, for a week\n$/,
    );
    service.clock.advance(11 * 24 * HOUR);
    expect(await show(account.accountId)).toContain('begin anew');
  });
});
