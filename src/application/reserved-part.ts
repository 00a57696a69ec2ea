const PART = 4;

/** How much of a budget or a limit of an account is for its primary alone: a quarter, rounded down. Below 4 that is nothing. */
export function reservedPartOf(whole: number): number {
  return Math.floor(whole / PART);
}
