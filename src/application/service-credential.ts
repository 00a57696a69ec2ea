import { programTokens } from './program-token.js';

/** Service credentials: `vsc_credentialId.secret`. */
export const serviceCredentialForm = programTokens('vsc_');
