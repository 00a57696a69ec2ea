import type { Described, TrailEventType } from '../description.js';
import type { NamedThen } from '../sentence.js';

/** What people read of an event beside its record: the names that things had then, and where the request came from. */
export interface ReadableEvent extends Described, NamedThen {
  readonly type: TrailEventType;
  readonly deviceId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}
