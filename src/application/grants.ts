import type { Grant, OpenedGrant } from '../domain/operation/grant.js';

/** Signs grants, and tells the ones that it has signed from all others. */
export interface Grants {
  /** A grant as it travels: a bearer's secret, never to be logged. */
  sign(grant: Grant): Promise<string>;
  /** What a text says that is a grant signed by a key of this service; null for any other. When it expires is not looked at. */
  open(text: string): Promise<OpenedGrant | null>;
}

/** For where no grants are issued: on the command line. */
export const noGrants: Grants = {
  sign: () => Promise.reject(new Error('there are no keys for grants')),
  open: () => Promise.resolve(null),
};
