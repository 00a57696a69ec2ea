/** What a client asks to write. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event as the log keeps it; commit and prepare position are the same. */
export interface LoggedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  /** Ticks of 100 ns since 1970. */
  readonly created: string;
}

/** Where events are kept for longer than the process: called with the events of one write, before it is answered. */
export interface Journal {
  readonly events: readonly LoggedEvent[];
  write(events: readonly LoggedEvent[]): void;
  close(): void;
}
