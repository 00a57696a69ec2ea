import type { Command } from 'commander';

const RECOVER_TEXT = `
For a primary who has lost phone and recovery codes; a sub-user is helped by its primary or an ADMIN. Make sure who asks you.
The recovery can be called off for RECOVERY_COOL_OFF_HOURS (72): by the primary, who sees it in the console, by any sign-in of the
primary with a code, and by you. Each step is in the account's audit trail.

Examples:
  $ virtual-mfa accounts recover acme --reason 'phone stolen, ticket 4711, identified by passport'
  $ virtual-mfa accounts recover acme --complete --reset-password
  $ virtual-mfa accounts recover acme --cancel`;

interface RecoverFlags {
  readonly reason?: string;
  readonly cancel?: boolean;
  readonly complete?: boolean;
  readonly resetPassword?: boolean;
}

function refuseUnclear({ reason, cancel, complete, resetPassword }: RecoverFlags, command: Command): void {
  const ways = [reason, cancel, complete].filter((way) => way !== undefined);
  if (ways.length !== 1) command.error('error: give --reason to begin, or --cancel, or --complete');
  if (resetPassword === true && complete !== true) command.error('error: --reset-password goes with --complete');
}

async function recover(account: string, flags: RecoverFlags, command: Command): Promise<void> {
  refuseUnclear(flags, command);
  const [recovery, { readConfig }] = await Promise.all([import('./recover.js'), import('../../config.js')]);
  const config = readConfig();
  const { reason, cancel, resetPassword = false } = flags;
  const { stdout } = process;
  if (reason !== undefined) await recovery.beginRecovery(account, reason, config, { stdout });
  else if (cancel === true) await recovery.callOffRecovery(account, config, { stdout });
  else await recovery.completeRecovery(account, resetPassword, config, { stdout });
}

/** Adds what the operator can do for accounts; each is loaded when it is asked for. */
export function addAccountsCommands(accounts: Command): void {
  accounts
    .command('show')
    .description("print an account's ids, whether its primary has MFA, and a recovery that is pending")
    .argument('<account>', 'its alias, or its id')
    .action(async (account: string) => {
      const [{ showAccount }, { readConfig }] = await Promise.all([import('./recover.js'), import('../../config.js')]);
      await showAccount(account, readConfig(), { stdout: process.stdout });
    });
  accounts
    .command('recover')
    .description("take a primary's MFA off, after a time in which that can be called off")
    .argument('<account>', 'its alias, or its id')
    .option('--reason <text>', 'begin, for this reason, which the audit trail has')
    .option('--complete', 'complete what was begun')
    .option('--reset-password', 'with --complete: set a one-time password, and print it')
    .option('--cancel', 'call it off')
    .addHelpText('after', RECOVER_TEXT)
    .action(recover);
}
