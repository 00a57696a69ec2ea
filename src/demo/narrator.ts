import { styleText } from 'node:util';
import { ANSWERED, notationOf, SENT } from './notation.js';

/** Where the story is written: a terminal, or anything that takes text. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
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
  heading(title: string): void;
  /** A sentence about what is done, and why. */
  tell(text: string): void;
  sent(who: string, operation: string, input: object): void;
  answered(answer: unknown): void;
  /** Waits until a moment and shows how long that takes. */
  countdown(reason: string, until: number): Promise<void>;
  conclude(sentence: string): void;
  /** Writes text as it is. */
  print(text: string): void;
}

const WIDTH = 100;
const MARGIN = '   ';

function wrap(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const longer = `${lines[last] ?? ''} ${word}`.trimStart();
    if (longer.length <= WIDTH - MARGIN.length) lines[last] = longer;
    else lines.push(word);
  }
  return indent(lines.join('\n'), MARGIN);
}

function indent(text: string, margin: string): string {
  return text.replace(/^(?=.)/gm, margin);
}

/** Behind an arrow, further lines below the first. */
function behind(arrow: string, text: string): string {
  return `${MARGIN}${arrow} ${text.replaceAll('\n', `\n${MARGIN}  `)}\n`;
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
  const print = (text: string) => void out.write(text);
  const width = WIDTH - MARGIN.length - 2;
  return {
    title: (title, introduction) => print(`${bold(title)}\n\n${wrap(introduction)}\n`),
    heading: (title) => print(`\n${bold(title)}\n`),
    tell: (text) => print(`${wrap(text)}\n`),
    sent: (who, operation, input) => {
      const what = Object.keys(input).length === 0 ? '' : ` ${notationOf(input, { masks: SENT, width: width - 30 })}`;
      print(dim(behind('→', `${who}: ${operation}${what}`)));
    },
    answered: (answer) => print(behind('←', notationOf(answer, { masks: ANSWERED, width }))),
    countdown: (reason, until) => (out.isTTY === true ? redraw : dots)(out, time, reason, until),
    conclude: (sentence) => print(`\n${bold(sentence)}\n`),
    print,
  };
}
