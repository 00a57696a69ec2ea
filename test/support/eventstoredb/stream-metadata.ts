/** What the metadata of a stream says about which of its events are seen. */
export interface StreamMetadata {
  /** The document as it was stored. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly truncateBefore: number;
  readonly maxCount: number;
  readonly softDeleted: boolean;
}

/** `$tb` of a soft deletion, as JSON text: more than a JavaScript number holds exactly. */
const DELETED = '9223372036854775807';

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function parse(data: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(data));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Reads the last event of a metadata stream; without one nothing is limited. */
export function metadataOf(event: { readonly data: Uint8Array } | undefined): StreamMetadata {
  const document = event === undefined ? {} : parse(event.data);
  const truncateBefore = number(document.$tb, 0);
  return {
    document,
    truncateBefore,
    maxCount: number(document.$maxCount, Number.POSITIVE_INFINITY),
    softDeleted: truncateBefore >= Number(DELETED),
  };
}

/** The index of the first event that a reader sees. */
export function visibleFrom(length: number, limits: { truncateBefore: number; maxCount: number }): number {
  return Math.max(0, limits.truncateBefore, length - limits.maxCount);
}

/** The document that deletes a stream softly, and keeps what else was said of it. */
export function softDeletion(metadata: StreamMetadata): string {
  return JSON.stringify({ ...metadata.document, $tb: 'DELETED' }).replace('"DELETED"', DELETED);
}

/** The document that brings a softly deleted stream back, from a revision on. */
export function softRecreation(metadata: StreamMetadata, from: bigint): string {
  return JSON.stringify({ ...metadata.document, $tb: Number(from) });
}
