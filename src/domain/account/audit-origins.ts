import { accept, reject, type Decision } from '../decider.js';
import type { AccountEvent } from './events.js';

/** The origins that the trail of an account names: all under which its checkpoints may be signed, the latest last. */
export type AuditOrigins = readonly string[];

/** Origins that a state keeps. An older one that is used again is named again. */
const MOST_ORIGINS = 20;

/** The origins once another one was named. */
export function withOrigin(origins: AuditOrigins, origin: string): AuditOrigins {
  return [...origins, origin].slice(-MOST_ORIGINS);
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
