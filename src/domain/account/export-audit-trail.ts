import { accept, reject, type Decision } from '../decider.js';
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
}

/** Only what exists has a trail to be handed out. */
export function decideExport(command: ExportAuditTrail, isRegistered: boolean): Decision<AccountEvent> {
  if (!isRegistered) return reject({ code: 'NOT_FOUND' });
  const { accountId, exportId, format, from, to } = command;
  return accept({ type: 'AuditTrailExported', data: { accountId, exportId, format, from, to }, personal: null });
}
