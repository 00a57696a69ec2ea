import type { Rejection } from '../rejection.js';

const ALIAS = /^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;
const USERNAME = /^[A-Za-z0-9+=,.@_-]{1,64}$/;
const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/;
// Control, format (zero-width, bidirectional), private-use and line-separating characters have no place in a label.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

function checkLabel(value: string, longest: number, rejection: Rejection): Rejection | null {
  const label = value.trim();
  const { length } = Array.from(label);
  return length >= 1 && length <= longest && !UNPRINTABLE.test(label) ? null : rejection;
}

/** The form in which names are compared: `Ａlice` and `alice` are one name. */
export function comparable(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** Checks an account alias, which is written as it is compared. */
export function checkAlias(alias: string): Rejection | null {
  return ALIAS.test(alias) ? null : { code: 'INVALID_ALIAS' };
}

/** Checks the name of a sub-user. */
export function checkUsername(username: string): Rejection | null {
  return USERNAME.test(username) ? null : { code: 'INVALID_USERNAME' };
}

/** Checks an e-mail address, as far as its form tells (RFC 5321: at most 254 characters). */
export function checkEmail(email: string): Rejection | null {
  return email.length <= 254 && EMAIL.test(email) && !UNPRINTABLE.test(email) ? null : { code: 'INVALID_EMAIL' };
}

/** Checks what a person is called on screen. */
export function checkDisplayName(displayName: string): Rejection | null {
  return checkLabel(displayName, 128, { code: 'INVALID_DISPLAY_NAME' });
}

/** Checks why somebody says that something was done. */
export function checkReason(reason: string): Rejection | null {
  return checkLabel(reason, 256, { code: 'INVALID_REASON' });
}

/** Checks what a device is called on screen. */
export function checkDeviceName(deviceName: string): Rejection | null {
  return checkLabel(deviceName, 64, { code: 'INVALID_DEVICE_NAME' });
}

/** Checks what a service credential is called on screen. */
export function checkCredentialName(name: string): Rejection | null {
  return checkLabel(name, 64, { code: 'INVALID_CREDENTIAL_NAME' });
}

/** Checks what an audit token is called on screen. */
export function checkTokenName(name: string): Rejection | null {
  return checkLabel(name, 64, { code: 'INVALID_TOKEN_NAME' });
}
