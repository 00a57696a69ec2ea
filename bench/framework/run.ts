import { bar } from './progress.js';
import type { Bench, Figures, Row, Settings, Target } from './row.js';
import { spreadOf, type Spread } from './statistics.js';

/** A target with what was reached of it. */
export interface TargetResult extends Spread {
  readonly text: string;
  /** Not there in results that were kept before there was one. */
  readonly bound?: Target['bound'];
  readonly met: boolean;
}

/** A row, measured. */
export interface RowResult {
  readonly name: string;
  readonly work: string;
  readonly met: boolean;
  /** Why it could not be measured; null where it was. */
  readonly failure: string | null;
  readonly rounds: number;
  readonly figures: readonly (Spread & { readonly figure: string; readonly unit: string })[];
  readonly targets: readonly TargetResult[];
}

async function measureRound(sides: Bench['sides'], tell: (side: string, before: number) => void): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const [before, side] of sides.entries()) {
    tell(side.name, before);
    Object.assign(figures, await side.measure());
  }
  return figures;
}

/** One round after the other, in each all sides in turn, every other round the other way round: what disturbs one disturbs all. */
async function measureRounds(row: Row, settings: Settings, rounds: number): Promise<readonly Figures[]> {
  settings.progress(`${row.name}: preparing`);
  const bench = await row.open(settings);
  const measured: Figures[] = [];
  try {
    const order = settings.profile ? bench.sides.slice(0, 1) : bench.sides;
    for (let round = 0; round < rounds; round += 1) {
      const sides = round % 2 === 0 ? order : [...order].reverse();
      const tell = (side: string, before: number) => {
        const done = bar(round * sides.length + before, rounds * sides.length);
        settings.progress(`${row.name}: round ${round + 1} of ${rounds}, ${side} ${done}`);
      };
      measured.push(await measureRound(sides, tell));
    }
  } finally {
    await bench.close();
  }
  return measured;
}

function isMet(value: number, bound: Target['bound']): boolean {
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
}

function targetResult({ text, value, bound }: Target, rounds: readonly Figures[]): TargetResult {
  const spread = spreadOf(rounds.map(value));
  return { text, ...spread, bound, met: isMet(spread.median, bound) };
}

function resultOf({ name, work, shown, targets }: Row, rounds: readonly Figures[], profiled: boolean): RowResult {
  const reached = profiled ? [] : targets.map((target) => targetResult(target, rounds));
  const figures = shown
    .filter(({ figure }) => rounds.some((round) => figure in round))
    .map(({ figure, unit }) => ({ figure, unit, ...spreadOf(rounds.map((round) => round[figure] ?? NaN)) }));
  const met = reached.length > 0 && reached.every((target) => target.met);
  return { name, work, met, failure: null, rounds: rounds.length, figures, targets: reached };
}

/** Measures a row; one that cannot be measured, or whose answers are wrong, is not met. */
export async function measureRow(row: Row, settings: Settings, rounds: number): Promise<RowResult> {
  try {
    return resultOf(row, await measureRounds(row, settings, rounds), settings.profile);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { name: row.name, work: row.work, met: false, failure, rounds: 0, figures: [], targets: [] };
  }
}
