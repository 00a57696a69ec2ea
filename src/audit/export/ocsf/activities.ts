/** The versions of OCSF that events can be exported in; the first is the one that is used where none is asked for. */
export const OCSF_VERSIONS = ['1.8.0', '1.7.0', '1.9.0'] as const;

export type OcsfVersion = (typeof OCSF_VERSIONS)[number];

export const DEFAULT_OCSF_VERSION: OcsfVersion = OCSF_VERSIONS[0];

/** A class of the category Identity & Access Management, by the number that it has within it. */
interface OcsfClass {
  readonly uid: 3001 | 3002 | 3004 | 3007;
  readonly name: string;
}

/** What was done, as a version of OCSF calls it. */
export interface Activity {
  readonly class: OcsfClass;
  readonly id: number;
  /** The caption of the activity; for 99, which stands for all others, a name of our own. */
  readonly name: string;
}

const ACCOUNT_CHANGE: OcsfClass = { uid: 3001, name: 'Account Change' };
const AUTHENTICATION: OcsfClass = { uid: 3002, name: 'Authentication' };
const ENTITY_MANAGEMENT: OcsfClass = { uid: 3004, name: 'Entity Management' };
const USER_MANAGEMENT: OcsfClass = { uid: 3007, name: 'User Management' };

const activityOf =
  (class_: OcsfClass) =>
  (id: number, name: string): Activity => ({ class: class_, id, name });

const account = activityOf(ACCOUNT_CHANGE);
const authentication = activityOf(AUTHENTICATION);
const entity = activityOf(ENTITY_MANAGEMENT);
const user = activityOf(USER_MANAGEMENT);

/** What every version calls alike. */
const COMMON = {
  SIGN_IN_OF_UNKNOWN_STAGE: authentication(0, 'Unknown'),
  LOGON: authentication(1, 'Logon'),
  LOGOFF: authentication(2, 'Logoff'),
  PREAUTH: authentication(6, 'Preauth'),
  CHALLENGE: authentication(99, 'Step-up challenge'),
  STEP_UP: authentication(99, 'Step-up verification'),
  STEP_UP_USED: authentication(99, 'Step-up verification used'),
  SESSION_ROTATED: authentication(99, 'Session token rotated'),
  SESSION_USED: authentication(99, 'Session used'),
  CREATE_ENTITY: entity(1, 'Create'),
  READ_ENTITY: entity(2, 'Read'),
  UPDATE_ENTITY: entity(3, 'Update'),
  DELETE_ENTITY: entity(4, 'Delete'),
};

const BY_ACCOUNT_CHANGE = {
  ...COMMON,
  CREATE_USER: account(1, 'Create'),
  CHANGE_PASSWORD: account(3, 'Password Change'),
  RESET_PASSWORD: account(4, 'Password Reset'),
  DELETE_USER: account(6, 'Delete'),
  ATTACH_POLICY: account(7, 'Attach Policy'),
  DETACH_POLICY: account(8, 'Detach Policy'),
  LOCK_USER: account(9, 'Lock'),
  ENABLE_FACTOR: account(10, 'MFA Factor Enable'),
  DISABLE_FACTOR: account(11, 'MFA Factor Disable'),
  UNLOCK_USER: account(12, 'Unlock'),
  // Account Change has no activity for a name that is changed.
  RENAME_USER: account(99, 'Rename'),
};

/** What an event of ours can be in OCSF. */
export type Deed = keyof typeof BY_ACCOUNT_CHANGE;

// 1.9.0 deprecates Account Change for User Management (ocsf-schema, pull request 1603).
const BY_USER_MANAGEMENT: Readonly<Record<Deed, Activity>> = {
  ...COMMON,
  CREATE_USER: user(1, 'Create'),
  RENAME_USER: user(2, 'Update'),
  DELETE_USER: user(3, 'Delete'),
  LOCK_USER: user(6, 'Lock'),
  UNLOCK_USER: user(7, 'Unlock'),
  CHANGE_PASSWORD: user(8, 'Password Change'),
  RESET_PASSWORD: user(9, 'Password Reset'),
  ATTACH_POLICY: user(10, 'Attach Policies'),
  DETACH_POLICY: user(11, 'Detach Policies'),
  ENABLE_FACTOR: user(12, 'MFA Factor Enable'),
  DISABLE_FACTOR: user(13, 'MFA Factor Disable'),
};

const ACTIVITIES: Readonly<Record<OcsfVersion, Readonly<Record<Deed, Activity>>>> = {
  '1.7.0': BY_ACCOUNT_CHANGE,
  '1.8.0': BY_ACCOUNT_CHANGE,
  '1.9.0': BY_USER_MANAGEMENT,
};

/** How a version of OCSF calls what was done. */
export function activityIn(version: OcsfVersion, deed: Deed): Activity {
  return ACTIVITIES[version][deed];
}
