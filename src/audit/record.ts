import type { EventMetadata } from '../domain/event.js';
import { categoryOf } from '../domain/stream.js';

/** A stored event, as far as its record goes. */
export interface TrailSource {
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly type: string;
  readonly revision: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: EventMetadata;
  readonly personal?: {
    readonly subject?: { readonly commitment: string };
    readonly request?: { readonly commitment: string };
  };
}

/**
 * An event in the audit trail of its account, exactly as it is stored: never upcast, without position and store time, so
 * that a copied log has equal records. Its form never changes; `v` would.
 */
export interface AuditRecord extends Omit<TrailSource, 'personal'> {
  readonly v: 1;
  /** Place in the account's trail: 0, 1, 2 … without gaps, in log order. */
  readonly seq: number;
  /** The commitments to personal values: the subject's, then the request's. */
  readonly personal: readonly string[];
}

/** The account in whose trail an event stands; null for events of no trail: reservations of names, the work of process managers. */
export function trailOf(event: Pick<TrailSource, 'stream' | 'data'>): string | null {
  const category = categoryOf(event.stream);
  const { accountId } = event.data;
  return category === undefined || category === 'name' || category === 'reaction' || typeof accountId !== 'string'
    ? null
    : accountId;
}

/** The record of an event at its place in the trail. */
export function recordOf(event: TrailSource, seq: number): AuditRecord {
  const { stream, version, id, type, revision, data, metadata, personal } = event;
  const commitments = [personal?.subject?.commitment, personal?.request?.commitment];
  return {
    v: 1,
    seq,
    stream,
    version,
    id,
    type,
    revision,
    data,
    metadata,
    personal: commitments.filter((commitment) => commitment !== undefined),
  };
}
