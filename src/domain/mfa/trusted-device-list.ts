import type { Recorded } from '../event.js';
import type { Instant } from '../instant.js';
import type { MfaEvent } from './events.js';

/** A browser in which no code is asked for at sign-in. */
export interface TrustedDevice {
  readonly trustId: string;
  /** The virtual MFA device that was proven when it was trusted. */
  readonly deviceId: string;
  readonly secretDigest: string;
  /** The version of the user stream that this was decided on. */
  readonly userVersion: number;
  readonly since: Instant;
  readonly expiresAt: Instant;
}

/** The browsers that a user has trusted. */
export interface TrustedDevices {
  /** The oldest first; expired ones are dropped as others come. */
  readonly list: readonly TrustedDevice[];
  /** The version of the stream at which all were revoked last: sessions decided on less owe a code. */
  readonly revokedAt: number;
}

/** Browsers that one user may trust at a time; the one longest ago is forgotten. */
export const MOST_TRUSTED_DEVICES = 20;

export const noTrustedDevices: TrustedDevices = { list: [], revokedAt: 0 };

type Trusted = Extract<MfaEvent, { type: 'DeviceTrusted' }>;

function trust({ list, revokedAt }: TrustedDevices, { data, metadata }: Recorded<Trusted>): TrustedDevices {
  const { trustId, deviceId, secretDigest, userVersion, expiresAt } = data;
  const since = metadata.occurredAt;
  const device: TrustedDevice = { trustId, deviceId, secretDigest, userVersion, since, expiresAt };
  const others = list.filter((other) => other.expiresAt > since);
  return { list: [...others, device].slice(-MOST_TRUSTED_DEVICES), revokedAt };
}

/** Takes in what happened to trusted browsers: disabling, replacing and requiring MFA revoke them as well (rule 11). */
export function evolveTrustedDevices(devices: TrustedDevices, event: Recorded<MfaEvent>): TrustedDevices {
  switch (event.type) {
    case 'DeviceTrusted':
      return trust(devices, event);
    case 'MfaDisabled':
    case 'MfaDeviceReplaced':
    case 'SubUserMfaRequired':
    case 'TrustedDevicesRevoked':
      return { list: [], revokedAt: event.version };
    default:
      return devices;
  }
}
