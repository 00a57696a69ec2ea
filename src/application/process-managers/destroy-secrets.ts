import { mfaDecider } from '../../domain/mfa/decider.js';
import type { NoteRecoveryCodesDestroyed, NoteSecretDestroyed } from '../../domain/mfa/commands.js';
import { userDecider } from '../../domain/user/decider.js';
import { streamName } from '../../domain/stream.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { SecretRef } from '../../vault/vault.js';
import type { Application } from '../application.js';
import { execute, load } from '../execute.js';
import type { RequestContext } from '../request-context.js';
import { bySystem, type ProcessManager } from './process-manager.js';

const NAME = 'destroySecrets';

async function secretsOfDeletedUser(app: Application, userId: string): Promise<readonly SecretRef[]> {
  const [{ state: user }, { state: mfa }] = await Promise.all([
    load(app, userDecider, userId),
    load(app, mfaDecider, userId),
  ]);
  const seeds = [mfa.device?.deviceId, mfa.pending?.deviceId].filter((id) => id !== undefined);
  const credential = user.status === 'DELETED' ? [{ kind: 'password', id: user.credentialId } as const] : [];
  return [...seeds.map((id) => ({ kind: 'seed', id }) as const), ...credential];
}

/** The sets of recovery codes that are void by now, whichever event voided them; all of a user who is gone. */
async function voidSets(app: Application, event: LoggedEvent): Promise<readonly string[]> {
  if (!VOIDING.has(event.type) || !('userId' in event.data)) return [];
  const { recoveryCodes } = (await load(app, mfaDecider, event.data.userId)).state;
  const { live, voidSets } = recoveryCodes;
  return live !== null && event.type === 'UserDeleted' ? [...voidSets, live.codeSetId] : voidSets;
}

/** The secrets that an event puts an end to. */
async function endedBy(app: Application, event: LoggedEvent): Promise<readonly SecretRef[]> {
  switch (event.type) {
    case 'MfaDisabled':
    case 'MfaEnrollmentCancelled':
      return [{ kind: 'seed', id: event.data.deviceId }];
    case 'MfaDeviceReplaced':
      return [{ kind: 'seed', id: event.data.oldDeviceId }];
    case 'PasswordChanged':
    case 'PasswordReset':
      return [{ kind: 'password', id: event.data.oldCredentialId }];
    case 'UserDeleted':
      return secretsOfDeletedUser(app, event.data.userId);
    case 'UserErased':
      return [{ kind: 'person', id: event.data.personId }];
    default:
      return [];
  }
}

/** Whether it was noted after an event that a seed is gone: by a node that died before it had said that it was done. */
async function isNoted(
  app: Application,
  event: LoggedEvent,
  seed: { userId: string; deviceId: string },
): Promise<boolean> {
  const stream = streamName('mfa', seed.userId);
  const after = event.stream === stream ? event.version : 0;
  const since = await app.log.readStream(stream, { after });
  return since.some(({ type, data }) => type === 'MfaSecretDestroyed' && data.deviceId === seed.deviceId);
}

async function note(app: Application, request: RequestContext, event: LoggedEvent, deviceId: string): Promise<void> {
  if (!('userId' in event.data)) return;
  const { accountId, userId } = event.data;
  if (await isNoted(app, event, { userId, deviceId })) return;
  await execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: bySystem(NAME),
    command: ({ now }): NoteSecretDestroyed => ({ type: 'NoteSecretDestroyed', accountId, userId, deviceId, now }),
  });
}

async function noteCodes(
  app: Application,
  request: RequestContext,
  event: LoggedEvent,
  codeSetId: string,
): Promise<void> {
  if (!('accountId' in event.data) || !('userId' in event.data)) return;
  const { accountId, userId } = event.data;
  await execute(app, request, {
    ...{ decider: mfaDecider, id: userId, by: bySystem(NAME) },
    command: ({ now }): NoteRecoveryCodesDestroyed => ({
      type: 'NoteRecoveryCodesDestroyed',
      ...{ accountId, userId, codeSetId, now },
    }),
  });
}

const VOIDING: ReadonlySet<string> = new Set<LoggedEvent['type']>([
  'RecoveryCodesGenerated',
  'MfaDisabled',
  'UserDeleted',
]);

const TYPES: ReadonlySet<string> = new Set<LoggedEvent['type']>([
  'MfaDisabled',
  'MfaEnrollmentCancelled',
  'MfaDeviceReplaced',
  'PasswordChanged',
  'PasswordReset',
  'UserDeleted',
  'UserErased',
  'RecoveryCodesGenerated',
]);

/** Destroys secrets after the events that end them, and notes that seeds and recovery codes are gone; a crash only delays it. */
export const destroySecrets: ProcessManager = {
  name: NAME,
  reactsTo: TYPES,
  async react(app, request, event) {
    for (const secret of await endedBy(app, event)) {
      await app.vault.destroy(secret);
      if (secret.kind === 'seed') await note(app, request, event, secret.id);
    }
    for (const id of await voidSets(app, event)) {
      await app.vault.destroy({ kind: 'recovery', id });
      await noteCodes(app, request, event, id);
    }
  },
};
