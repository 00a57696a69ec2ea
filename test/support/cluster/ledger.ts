/** A mutation that a node answered. */
export interface Answered {
  /** As the node called it; the same stands in the metadata of what it recorded. */
  readonly requestId: string;
  readonly name: string;
  /** The code that it was refused with; null if it was done. */
  readonly refusal: string | null;
}

/** What was asked of a cluster, and what came of it. */
export interface Ledger {
  readonly answered: readonly Answered[];
  /** Requests that no answer came to, so that nobody knows what became of them. */
  readonly lost: () => number;
  /** Requests that a node asked to be sent again. */
  readonly repeated: () => number;
  readonly requests: () => number;
  note(answered: Answered): void;
  noteRequest(): void;
  noteLost(): void;
  noteRepeated(): void;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const answered: Answered[] = [];
  const counts = { requests: 0, lost: 0, repeated: 0 };
  return {
    answered,
    lost: () => counts.lost,
    repeated: () => counts.repeated,
    requests: () => counts.requests,
    note: (one) => void answered.push(one),
    noteRequest: () => void (counts.requests += 1),
    noteLost: () => void (counts.lost += 1),
    noteRepeated: () => void (counts.repeated += 1),
  };
}
