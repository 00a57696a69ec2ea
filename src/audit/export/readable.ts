import type { Actor } from '../../domain/event.js';
import type { Described, TrailEventType } from '../description.js';

/** What people read of an event beside its record: the names that things had then, and where the request came from. */
export interface ReadableEvent extends Described {
  readonly type: TrailEventType;
  readonly actorKind: Actor['kind'];
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly subjectId: string | null;
  readonly subjectName: string | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}
