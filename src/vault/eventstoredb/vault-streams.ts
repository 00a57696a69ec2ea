/** An event of the vault, its data plain JSON. */
export interface VaultEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The same with its place in its stream, from 0. */
export interface RecordedVaultEvent extends VaultEvent {
  readonly revision: bigint;
}

interface ReadOptions {
  /** Inclusive; left out, the end in reading direction. */
  readonly from?: bigint;
  readonly limit?: number;
  readonly direction?: 'forwards' | 'backwards';
}

/** What the vault needs of the EventStoreDB that it shares with the log. What goes wrong has a `code`. */
export interface VaultStreams {
  /** Appends after the event with a revision, -1n for a stream that does not exist, null for wherever it ends. */
  append(
    stream: string,
    after: bigint | null,
    events: readonly VaultEvent[],
  ): Promise<{ readonly outcome: 'APPENDED' | 'WRONG_VERSION' | 'DELETED' | 'TOO_LARGE' }>;
  /** The events of a stream; null where it was tombstoned. */
  read(stream: string, options?: ReadOptions): Promise<readonly RecordedVaultEvent[] | null>;
  /** Makes a stream unreadable for ever. */
  tombstone(stream: string): Promise<void>;
  /** Hides the events of a stream before a revision. */
  truncateBefore(stream: string, revision: bigint): Promise<void>;
}
