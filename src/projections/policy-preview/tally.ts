/** How often something would happen, and to whom. */
export interface Tally {
  readonly count: number;
  /** By user, whom it concerns most first. */
  readonly users: readonly { readonly userId: string; readonly count: number }[];
}

/** Counts by user. */
export function tallyOf(userIds: readonly string[]): Tally {
  const counts = new Map<string, number>();
  for (const userId of userIds) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  const users = [...counts].map(([userId, count]) => ({ userId, count }));
  // Sorting is stable: of those whom it concerns alike, who came first stays first.
  return { count: userIds.length, users: users.sort((one, other) => other.count - one.count) };
}
