/** An input as guarded commands take it: with the challenge that was answered, or null. */
export function guarded<T extends { challengeId?: string | null }>(
  input: T,
): T & { readonly challengeId: string | null } {
  return { ...input, challengeId: input.challengeId ?? null };
}
