import { programTokens } from './program-token.js';

/** Audit tokens: `vat_tokenId.secret`. */
export const auditTokenForm = programTokens('vat_');
