/** Void entries that are kept: who voids one of them again is told that it is void, and no longer that it is unknown. */
const MOST_VOID = 20;

/** Entries by id, in the order in which they were made, without the oldest void ones: a folded account stays small. */
export function withoutOldVoid<T>(
  entries: Readonly<Record<string, T>>,
  isVoid: (entry: T) => boolean,
): Readonly<Record<string, T>> {
  const all = Object.entries(entries);
  const kept = new Set(all.filter(([, entry]) => isVoid(entry)).slice(-MOST_VOID));
  return Object.fromEntries(all.filter((one) => kept.has(one) || !isVoid(one[1])));
}
