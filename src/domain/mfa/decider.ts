import type { Decider, Decision } from '../decider.js';
import { checkMfaCode, unlockMfa } from './codes.js';
import type { MfaCommand } from './commands.js';
import { cancelMfaEnrollment, enableMfa, startMfaEnrollment } from './enrollment.js';
import type { MfaEvent } from './events.js';
import { checkRecoveryCode, generateRecoveryCodes, noteRecoveryCodesDestroyed } from './recovery-codes.js';
import { disableMfa, noteSecretDestroyed, requireSubUserMfa, waiveSubUserMfa } from './requirement.js';
import { evolveMfa, noMfa, type MfaState } from './state.js';
import { revokeTrustedDevices, trustDevice } from './trusted-devices.js';

function decide(command: MfaCommand, state: MfaState): Decision<MfaEvent> {
  switch (command.type) {
    case 'StartMfaEnrollment':
      return startMfaEnrollment(command, state);
    case 'CancelMfaEnrollment':
      return cancelMfaEnrollment(command, state);
    case 'EnableMfa':
      return enableMfa(command, state);
    case 'CheckMfaCode':
      return checkMfaCode(command, state);
    case 'UnlockMfa':
      return unlockMfa(command, state);
    case 'DisableMfa':
      return disableMfa(command, state);
    case 'NoteSecretDestroyed':
      return noteSecretDestroyed(command);
    case 'RequireSubUserMfa':
      return requireSubUserMfa(command, state);
    case 'WaiveSubUserMfa':
      return waiveSubUserMfa(command, state);
    case 'GenerateRecoveryCodes':
      return generateRecoveryCodes(command, state);
    case 'CheckRecoveryCode':
      return checkRecoveryCode(command, state);
    case 'NoteRecoveryCodesDestroyed':
      return noteRecoveryCodesDestroyed(command, state);
    case 'TrustDevice':
      return trustDevice(command, state);
    case 'RevokeTrustedDevices':
      return revokeTrustedDevices(command, state);
  }
}

/** The rules of a user's virtual MFA: enrollment, the one device, codes that work once, budgets and locks, recovery codes, trusted browsers. */
export const mfaDecider: Decider<MfaState, MfaCommand, MfaEvent> = {
  category: 'mfa',
  initial: noMfa,
  decide,
  evolve: evolveMfa,
};
