import type { TrailEventType } from '../description.js';
import type { ExportHeader } from '../export/header.js';
import type { AuditRecord } from '../record.js';
import type { Finding, UnusedCheckpoint } from './finding.js';
import type { KnownCheckpoint } from './known-checkpoints.js';

/** The event types that name the origin of checkpoints in `auditOrigin`. */
const NAMING: ReadonlySet<string> = new Set<TrailEventType>(['PrimaryAccountRegistered', 'AuditOriginChanged']);

/** Checks that each checkpoint was signed over a trail that names its origin. */
export interface OriginCheck {
  /** Takes in a record in its place. */
  take(record: Pick<AuditRecord, 'seq' | 'type' | 'data'>): void;
  /** Whether a record names this origin. */
  isNamed(origin: string): boolean;
  /** What is to be said at the end. @param unused the checkpoints that no root was compared with */
  end(unused: readonly UnusedCheckpoint[]): readonly Finding[];
}

type Started = Pick<ExportHeader, 'start'>;

/**
 * Checks origins from the first record of a trail on. Where that is not there nothing is found: what came before may name them. A
 * trail that names no origin before a checkpoint is from before they were recorded, and says nothing of it.
 * @param origins those that may be asked for, besides those of the checkpoints
 */
export function openOriginCheck(
  { start }: Started,
  checkpoints: readonly KnownCheckpoint[],
  origins: readonly string[] = [],
): OriginCheck {
  // Others are not remembered: an export may name any number.
  const asked = new Set([...origins, ...checkpoints.map(({ origin }) => origin)]);
  const namedAt = new Map<string, number>();
  let firstNamed = Infinity;

  function isUnnamed({ origin, size }: KnownCheckpoint): boolean {
    return firstNamed < size && (namedAt.get(origin) ?? Infinity) >= size;
  }

  return {
    take({ seq, type, data }) {
      const { auditOrigin } = data;
      if (!NAMING.has(type) || typeof auditOrigin !== 'string') return;
      firstNamed = Math.min(firstNamed, seq);
      if (asked.has(auditOrigin) && !namedAt.has(auditOrigin)) namedAt.set(auditOrigin, seq);
    },
    isNamed: (origin) => namedAt.has(origin),
    end(unused) {
      if (start.size > 0) return [];
      const passedOver = new Set(unused.map(({ checkpoint }) => `${checkpoint.from} ${checkpoint.index}`));
      const isCompared = ({ source }: KnownCheckpoint) => !passedOver.has(`${source.from} ${source.index}`);
      return checkpoints
        .filter((one) => isCompared(one) && isUnnamed(one))
        .map(({ source, origin, size }) => ({ code: 'ORIGIN_MISMATCH', checkpoint: source, origin, size }));
    },
  };
}
