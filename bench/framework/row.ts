/** What one round came to, by name: operations a second, milliseconds, megabytes. */
export type Figures = Readonly<Record<string, number>>;

/** How a run was asked for. */
export interface Settings {
  /** Short rounds, small data: to see that a row works, not to quote. */
  readonly quick: boolean;
  /** The largest data sets as well. */
  readonly large: boolean;
  /** The service's side leaves CPU profiles, and only it is measured. */
  readonly profile: boolean;
  /** How long one side is measured in one round. */
  readonly milliseconds: number;
  /** Tells what is being done; the next line takes its place. */
  readonly progress: (text: string) => void;
}

/** One of those that are compared: the service, the peer, the floor. */
export interface Side {
  readonly name: string;
  /** Measures it once, checks what it answered, and names its figures. @throws where an answer is wrong */
  readonly measure: () => Promise<Figures>;
}

/** A figure that the table shows. */
export interface Shown {
  readonly figure: string;
  readonly unit: string;
}

/** What is to be reached: a number worked out from the figures of one and the same round. */
export interface Target {
  readonly text: string;
  readonly value: (figures: Figures) => number;
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
}

/** The sides of a row, set up. */
export interface Bench {
  readonly sides: readonly Side[];
  readonly close: () => Promise<void>;
}

/** One line of the table. */
export interface Row {
  /** What it is asked for by. */
  readonly name: string;
  readonly work: string;
  readonly shown: readonly Shown[];
  readonly targets: readonly Target[];
  readonly open: (settings: Settings) => Promise<Bench>;
}

/** A figure of a round. @throws where no side gave it */
export function figure(figures: Figures, name: string): number {
  const value = figures[name];
  if (value === undefined) throw new Error(`no side gave the figure ${name}`);
  return value;
}

/** How many times one figure is of another. */
export function ratio(of: string, to: string): (figures: Figures) => number {
  return (figures) => figure(figures, of) / figure(figures, to);
}
