import { destination, pino, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { printable } from '../canonical/printable.js';

const LEVELS: Readonly<Record<number, string>> = {
  20: 'DEBUG',
  30: 'INFO ',
  40: 'WARN ',
  50: 'ERROR',
  60: 'FATAL',
};

interface Line extends Readonly<Record<string, unknown>> {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly type: string; readonly message: string; readonly stack?: string };
}

/** A value of a line; a text with spaces or without a letter stands in quotes. */
function valueOf(value: unknown): string {
  const isPlain = typeof value === 'string' && /^[^\s"=]+$/.test(value);
  return printable(isPlain ? value : JSON.stringify(value));
}

function stackOf({ err }: Line): string {
  if (err === undefined) return '';
  const lines = (err.stack ?? `${err.type}: ${err.message}`).split('\n');
  return lines.map((line) => `\n  ${printable(line)}`).join('');
}

function sentenceOf(line: Line): string {
  const { level, time, msg = '', err: _, ...details } = line;
  const when = new Date(time).toISOString().slice(11);
  const values = Object.entries(details).map(([name, value]) => `${printable(name)}=${valueOf(value)}`);
  const what = [printable(msg), values.join(' ')].filter((part) => part !== '').join('  ');
  return `${when} ${LEVELS[level] ?? String(level)} ${what}${stackOf(line)}\n`;
}

/** A log line as people read it on a terminal: when (UTC), how bad, what, and the details. */
export function readableLine(json: string): string {
  try {
    return sentenceOf(JSON.parse(json) as Line);
  } catch {
    return `${printable(json.trimEnd())}\n`;
  }
}

/**
 * Makes what writes log lines to standard error, unless told otherwise: JSON, which programs read, or sentences where that is a
 * terminal.
 */
export function createLogger(
  level: LevelWithSilent,
  to?: DestinationStream,
  isTerminal = to === undefined && process.stderr.isTTY,
): Logger {
  const stream = to ?? destination({ dest: 2, sync: true });
  const readable: DestinationStream = { write: (line) => stream.write(readableLine(line)) };
  return pino({ level, base: null }, isTerminal ? readable : stream);
}
