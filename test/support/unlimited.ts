/** Settings for services that all the people of a test, or all its load, reach from one address. */
export const UNLIMITED = {
  SIGN_INS_PER_MINUTE_PER_ADDRESS: 'off',
  SIGN_INS_PER_MINUTE_PER_ACCOUNT: 'off',
  REGISTRATIONS_PER_MINUTE_PER_ADDRESS: 'off',
  PASSWORDS_PER_MINUTE_PER_USER: 'off',
  SUB_USER_PASSWORDS_PER_MINUTE_PER_ACCOUNT: 'off',
  AUDIT_EXPORTS_PER_MINUTE_PER_ACCOUNT: 'off',
} as const;
