import { OPEN_LIMITS } from '../../src/application/open-limits.js';
import { REQUEST_BUDGETS } from '../../src/application/request-budgets.js';

/** Settings for services that all the people of a test, or all its load, reach from one address. */
export const UNLIMITED: Readonly<Record<string, string>> = Object.fromEntries(
  [...Object.values(REQUEST_BUDGETS), ...Object.values(OPEN_LIMITS)].map(({ variable }) => [variable, 'off']),
);
