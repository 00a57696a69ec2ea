import { cancelRecoveryAsOperator, requestAccountRecovery } from '../../application/account-recovery.js';
import { completeAccountRecovery } from '../../application/complete-recovery.js';
import { load } from '../../application/execute.js';
import type { Config } from '../../config.js';
import { isVoid, type PendingRecovery } from '../../domain/account/recovery.js';
import { HOUR, type Instant } from '../../domain/instant.js';
import type { Rejection } from '../../domain/rejection.js';
import { mfaDecider } from '../../domain/mfa/decider.js';
import { UnusableInputError } from '../audit/input.js';
import type { Terminal } from '../terminal.js';
import { asOperator, refusalAsError, type OperatorsWork } from './operator.js';

type Out = Pick<Terminal, 'stdout'>;

/** As many random bytes as a recovery code has. */
const PASSWORD_BYTES = 15;

/** Begins the recovery of an account whose primary has lost phone and recovery codes. */
export async function beginRecovery(named: string, reason: string, config: Config, out: Out): Promise<void> {
  await asOperator(named, config, out, async ({ app, request, account, stdout }) => {
    const coolOff = config.recoveryCoolOffHours * HOUR;
    const requested = await requestAccountRecovery(app, request, account, { reason, coolOff });
    if (!requested.ok) throw refusalAsError(...requested.rejections);
    const { recoveryId, requestedAt, notBefore } = requested.value;
    const isPending = account.account.recovery?.recoveryId === recoveryId;
    if (isPending)
      stdout.write(
        `A recovery was begun already, at ${requestedAt}; it stays as it is, and this reason is not recorded.\n`,
      );
    else stdout.write('The recovery is begun; the account and its audit trail say so.\n');
    stdout.write(
      `It can be completed from ${notBefore} on: virtual-mfa accounts recover ${named} --complete\n` +
        'Until then the primary calls it off with cancelAccountRecovery, or by signing in with a code; you with --cancel.\n',
    );
  });
}

/** Calls the recovery of an account off. */
export async function callOffRecovery(named: string, config: Config, out: Out): Promise<void> {
  await asOperator(named, config, out, async ({ app, request, account, stdout }) => {
    const rejection = await cancelRecoveryAsOperator(app, request, account);
    if (rejection !== null) throw refusalAsError(rejection);
    stdout.write('The recovery is called off; the audit trail says so.\n');
  });
}

function tooEarly({ account: { account }, app }: OperatorsWork): void {
  const { recovery } = account;
  if (recovery === null || recovery.notBefore <= app.now()) return;
  throw new UnusableInputError(
    `the recovery can be completed from ${recovery.notBefore} on: wait until then, so that the primary can call it off`,
  );
}

function whyNotCompleted({ account: { account } }: OperatorsWork, rejections: readonly Rejection[]): Error {
  const calledOff = rejections.some(({ code }) => code === 'RECOVERY_NOT_REQUESTED') && account.recovery !== null;
  if (!calledOff) return refusalAsError(...rejections);
  return new UnusableInputError(
    'the recovery was called off, or completed by somebody else, while this was on its way; this changed nothing',
  );
}

/** Completes the recovery of an account: takes the primary's MFA off and, if asked to, sets a one-time password. */
export async function completeRecovery(named: string, reset: boolean, config: Config, out: Out): Promise<void> {
  await asOperator(named, config, out, async (work) => {
    tooEarly(work);
    const { app, request, account, stdout } = work;
    const newPassword = reset ? Buffer.from(app.randomBytes(PASSWORD_BYTES)).toString('base64url') : null;
    const completed = await completeAccountRecovery(app, request, account, newPassword);
    if (!completed.ok) throw whyNotCompleted(work, completed.rejections);
    stdout.write("The primary's MFA is off, and its sessions are over; the audit trail says so.\n");
    if (newPassword === null) stdout.write('Its password is as it was.\n');
    else stdout.write(`One-time password, shown this once, to be changed at the next sign-in: ${newPassword}\n`);
    stdout.write('Have the primary sign in and enable a new device now.\n');
  });
}

function standingOf(recovery: PendingRecovery, now: Instant): string {
  if (isVoid(recovery, now)) return 'void since, for it was not completed in time: begin anew';
  return `can be completed from ${recovery.notBefore} on, for a week`;
}

/** Prints what an operator who is asked for help has to know of an account. */
export async function showAccount(named: string, config: Config, out: Out): Promise<void> {
  await asOperator(named, config, out, async ({ app, account: { account, primary }, stdout }) => {
    const { state: mfa } = await load(app, mfaDecider, primary.userId);
    const { recovery } = account;
    const pending = recovery === null ? 'none' : `begun at ${recovery.requestedAt}, ${standingOf(recovery, app.now())}`;
    stdout.write(
      `MFA       ${mfa.device === null ? 'off' : `on, device ${mfa.device.deviceId}`}\nrecovery  ${pending}\n`,
    );
  });
}
