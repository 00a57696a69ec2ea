import type { Connection } from './connection.js';

/** One unit of work over one connection, checked. @throws where an answer is not what it must be */
export type Operation = (connection: Connection) => Promise<void>;

/** Hands out operations, each to one connection; null when there is nothing left to be done it with. */
export interface Scenario {
  readonly next: () => Operation | null;
}

export interface ScenarioParams {
  readonly url: string;
  /** The file of the people to act as, for the service. */
  readonly people?: string;
  /** Milliseconds by which the server's clock is off. */
  readonly clockOffset?: number;
  /** How many operations are to be prepared, where each needs something of its own. */
  readonly prepared?: number;
  /** Which of the people, where a scenario is about one. */
  readonly index?: number;
}

/** Prepares whatever the operations need, before anything is measured. */
export type Prepare = (params: ScenarioParams, connections: readonly Connection[]) => Promise<Scenario>;

/** Does work for each item, over all connections at once. */
export async function forEach<T>(
  items: readonly T[],
  connections: readonly Connection[],
  work: (item: T, connection: Connection) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    connections.map(async (connection) => {
      for (const item of left) await work(item, connection);
    }),
  );
}

/** Hands out each operation once. */
export function once(operations: readonly Operation[]): Scenario {
  const left = operations.values();
  return { next: () => left.next().value ?? null };
}

/** Hands out the operations over and over. */
export function over(operations: readonly Operation[]): Scenario {
  let turn = 0;
  return { next: () => operations[turn++ % operations.length] ?? null };
}
