import { accept, reject, type Decision } from '../decider.js';
import type { AccountEvent } from './events.js';

/** The origins that the trail of an account named last, the latest behind the others. */
export type AuditOrigins = readonly string[];

/** An origin that was named before these is named once more when it is used again. */
export const MOST_ORIGINS = 20;

/** Takes in an origin that was named. */
export function withOrigin(named: AuditOrigins, auditOrigin: string): AuditOrigins {
  return [...named, auditOrigin].slice(-MOST_ORIGINS);
}

/** Names the origin under which the next checkpoint is signed. */
export interface NameAuditOrigin {
  readonly type: 'NameAuditOrigin';
  readonly accountId: string;
  readonly auditOrigin: string;
}

/** Records an origin that the trail does not name yet. Nodes with different settings name each origin once, not in turns. */
export function decideAuditOrigin(command: NameAuditOrigin, named: AuditOrigins | null): Decision<AccountEvent> {
  if (named === null) return reject({ code: 'NOT_FOUND' });
  const { accountId, auditOrigin } = command;
  if (named.includes(auditOrigin)) return accept();
  const formerOrigin = named.at(-1) ?? null;
  return accept({ type: 'AuditOriginChanged', data: { accountId, formerOrigin, auditOrigin }, personal: null });
}
