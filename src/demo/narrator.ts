import { styleText } from 'node:util';
import { ANSWERED, notationOf, SENT } from './notation.js';

/** Where the story is written: a terminal, or anything that takes text. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** How wide a terminal is. */
  readonly columns?: number;
  hasColors?(): boolean;
}

/** The clock, and how to let time pass. */
export interface Time {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Tells the story of the journey. */
export interface Narrator {
  title(title: string, introduction: string): void;
  /** A heading over sections and steps. */
  chapter(title: string): void;
  /** A heading over steps. */
  section(title: string): void;
  heading(title: string): void;
  /** A sentence about what is done, and why. */
  tell(text: string): void;
  sent(who: string, operation: string, input: object): void;
  answered(answer: unknown): void;
  /** Waits until a moment and shows how long that takes. */
  countdown(reason: string, until: number): Promise<void>;
  conclude(sentence: string): void;
  /** Writes what needs to know how many columns there are. */
  print(draw: (columns: number) => string): void;
}

/** Longer lines are hard to read, even where there is room. */
const WIDEST = 100;
/** A terminal that claims to be narrower does not know its width. */
const NARROWEST = 40;
const MARGIN = '   ';

function wrap(text: string, width: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const longer = `${lines[last] ?? ''} ${word}`.trimStart();
    if (longer.length <= width) lines[last] = longer;
    else lines.push(word);
  }
  return `${lines.map((line) => MARGIN + line).join('\n')}\n`;
}

/** Behind an arrow, further lines below the first. */
function behind(arrow: string, text: string): string {
  return `${MARGIN}${arrow} ${text.replaceAll('\n', `\n${MARGIN}  `)}`;
}

async function redraw(out: Output, { now, sleep }: Time, reason: string, until: number): Promise<void> {
  const start = now();
  for (let left = until - start; left > 0; left = until - now()) {
    const done = Math.round(20 * (1 - left / (until - start)));
    const bar = '█'.repeat(done).padEnd(20, '░');
    out.write(`\r\u001B[K${MARGIN}${reason} ${bar} ${Math.ceil(left / 1000)} s`);
    await sleep(Math.min(left, 250));
  }
  out.write('\r\u001B[K');
}

async function dots(out: Output, { now, sleep }: Time, reason: string, until: number): Promise<void> {
  out.write(`${MARGIN}${reason} (${Math.ceil((until - now()) / 1000)} s) `);
  for (let left = until - now(); left > 0; left = until - now()) {
    await sleep(Math.min(left, 3_000));
    out.write('.');
  }
  out.write('\n');
}

/** A narrator that writes plain text, with colours and progress in place on a terminal. */
export function createNarrator(out: Output, time: Time): Narrator {
  const styled = out.isTTY === true && out.hasColors?.() === true;
  const bold = (text: string) => (styled ? styleText('bold', text) : text);
  const dim = (text: string) => (styled ? styleText('dim', text) : text);
  const { columns = 0 } = out;
  const known = columns < NARROWEST ? Number.POSITIVE_INFINITY : columns;
  const width = Math.min(WIDEST, known) - MARGIN.length;
  const tell = (text: string) => void out.write(wrap(text, width));
  const room = { width: width - 2, taken: 0 };
  const underlined = (title: string, line: string) => `\n${bold(`${title}\n${line.repeat(title.length)}`)}\n`;
  return {
    title(title, introduction) {
      out.write(`${bold(title)}\n\n`);
      tell(introduction);
    },
    chapter: (title) => void out.write(`\n${underlined(title, '═')}`),
    section: (title) => void out.write(underlined(title, '─')),
    heading: (title) => void out.write(`\n${bold(title)}\n`),
    tell,
    sent(who, operation, input) {
      const asks = `${who}: ${operation} `;
      const isBare = Object.keys(input).length === 0;
      const what = isBare ? '' : notationOf(input, { ...room, masks: SENT, taken: asks.length });
      out.write(`${dim(behind('→', `${asks}${what}`.trimEnd()))}\n`);
    },
    answered: (answer) => void out.write(`${behind('←', notationOf(answer, { ...room, masks: ANSWERED }))}\n`),
    countdown: (reason, until) => (out.isTTY === true ? redraw : dots)(out, time, reason, until),
    conclude: (sentence) => void out.write(`\n${bold(sentence)}\n`),
    print: (draw) => void out.write(`${draw(known)}\n`),
  };
}
