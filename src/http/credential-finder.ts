import {
  authenticateServiceCredential,
  type FoundServiceCaller,
} from '../application/authenticate-service-credential.js';
import { lookInLog, type TokenFinderOptions } from './token-finder.js';

/** Finds which service comes with a credential, in the account's stream and nowhere else, as for audit tokens. */
export interface CredentialFinder {
  byText(credential: string): Promise<FoundServiceCaller>;
}

/** Sets up the finding of service credentials. */
export function createCredentialFinder({ app, freshness }: TokenFinderOptions): CredentialFinder {
  return {
    byText: (credential) => lookInLog(freshness, (goesOn) => authenticateServiceCredential(app, credential, goesOn)),
  };
}
