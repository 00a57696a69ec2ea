/** Plays the journey. */
export async function demo(): Promise<void> {
  await Promise.resolve();
}
