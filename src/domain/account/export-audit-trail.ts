import { accept, reject, type Decision } from '../decider.js';
import type { Instant } from '../instant.js';
import { isLive, tokenNamed, type AuditTokens } from './audit-tokens.js';
import type { AccountEvent, ExportFormat } from './events.js';

/** Records that the audit trail, or a part of it, is about to be handed out. */
export interface ExportAuditTrail {
  readonly type: 'ExportAuditTrail';
  readonly accountId: string;
  readonly exportId: string;
  readonly format: ExportFormat;
  /** The place in the trail that it begins at, and the one before which it is to end. */
  readonly from: number;
  readonly to: number;
  /** The audit token that it is done by; null where a session or the operator does it. */
  readonly tokenId: string | null;
  readonly now: Instant;
}

/** What comes of an export from an account that is registered; a token that is void by now exports nothing. */
export function decideExport(command: ExportAuditTrail, tokens: AuditTokens): Decision<AccountEvent> {
  const { accountId, exportId, format, from, to, tokenId, now } = command;
  const token = tokenId === null ? null : tokenNamed(tokens, tokenId);
  if (token === undefined || (token !== null && !isLive(token, now))) return reject({ code: 'NOT_FOUND' });
  return accept({ type: 'AuditTrailExported', data: { accountId, exportId, format, from, to }, personal: null });
}
