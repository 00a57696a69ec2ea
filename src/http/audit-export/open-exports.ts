import type { ServerResponse } from 'node:http';
import type { Heartbeat } from '../../application/heartbeat.js';
import { createReaderPace, type ReaderPace } from './reader-pace.js';

/** Who reads an export. The primary of an account has places of its own, so that nobody else can fill them. */
export interface ExportReader {
  readonly accountId: string;
  readonly isPrimary: boolean;
}

/** Why the service ended an export. */
export type ExportEnding = 'TOO_SLOW' | 'TOO_LONG' | 'ROOM_FOR_OTHERS' | 'NOT_ALLOWED_ANY_MORE';

/** An export that the service has ended, as the operator is told of it. */
export interface EndedExport {
  readonly accountId: string;
  readonly ending: ExportEnding;
  readonly seconds: number;
  readonly bytes: number;
}

/** What is full where an export finds no place. */
export type NoPlace = 'ACCOUNT' | 'NODE' | 'GONE';

/** The exports that are being written on this node. */
export interface OpenExports {
  /** Takes a place until the answer is over, however that comes about; null where it has one, else what is full. */
  take(answer: ServerResponse, reader: ExportReader): NoPlace | null;
  /** Ends an export early. The client sees an incomplete transfer. */
  end(answer: ServerResponse, ending: ExportEnding): void;
  /** Ends all of them, whatever the log is at. */
  endAll(): void;
  size(): number;
}

export interface OpenExportsOptions {
  readonly heartbeat: Heartbeat;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  readonly onEnded: (ended: EndedExport) => void;
}

/** Exports at once on a node; each reads the log for itself. */
export const MOST_AT_ONCE = 8;
/** Exports at once of the primary of an account, and as many of everybody else in it. */
export const MOST_OF_A_KIND = 2;
/** Milliseconds after which an export ends, however fast it is read. */
const LONGEST = 900_000;

interface OpenExport {
  readonly answer: ServerResponse;
  readonly reader: ExportReader;
  readonly start: number;
  /** Bytes that went through the connection before. */
  readonly base: number;
  readonly pace: ReaderPace;
}

/** Bytes that the machine has taken over from this process; what waits here is counted in both. */
function sentBy({ socket }: ServerResponse): number {
  return socket === null ? 0 : socket.bytesWritten - socket.writableLength;
}

/** Sets up the exports of a node. */
export function createOpenExports(options: OpenExportsOptions): OpenExports {
  return new Exports(options);
}

function rateOf({ pace }: OpenExport): number {
  return pace.rate() ?? Infinity;
}

function slowestOf(open: readonly OpenExport[]): OpenExport | undefined {
  return [...open].sort((a, b) => rateOf(a) - rateOf(b))[0];
}

/** Whether an account may take a place of another one: it has none, or has no more than the other even after that. */
function mayTake(own: number, others: number): boolean {
  return own === 0 || own + 1 <= others - 1;
}

/**
 * The places that may be taken on a full node: those of the accounts that have the most. How old an export is does
 * not count, or readers that begin anew again and again would keep all places. The primary may have a place of its own account's others.
 */
function placesToGive(open: readonly OpenExport[], { accountId, isPrimary }: ExportReader): readonly OpenExport[] {
  const countOf = (account: string): number => open.filter(({ reader }) => reader.accountId === account).length;
  const most = Math.max(...open.map(({ reader }) => countOf(reader.accountId)));
  if (mayTake(countOf(accountId), most)) return open.filter(({ reader }) => countOf(reader.accountId) === most);
  return isPrimary ? open.filter(({ reader }) => reader.accountId === accountId && !reader.isPrimary) : [];
}

class Exports implements OpenExports {
  readonly #open = new Map<ServerResponse, OpenExport>();
  #stopBeat: (() => void) | null = null;

  constructor(private readonly options: OpenExportsOptions) {}

  take(answer: ServerResponse, reader: ExportReader): NoPlace | null {
    if (answer.destroyed) return 'GONE';
    if (this.#isFullFor(reader)) return 'ACCOUNT';
    if (!this.#hasRoomFor(reader)) return 'NODE';
    const start = this.options.monotonic();
    this.#open.set(answer, { answer, reader, start, base: sentBy(answer), pace: createReaderPace(start) });
    answer.once('close', () => this.#leave(answer));
    this.#stopBeat ??= this.options.heartbeat.every(() => this.#beat());
    return null;
  }

  end(answer: ServerResponse, ending: ExportEnding): void {
    const ended = this.#open.get(answer);
    if (ended === undefined) return;
    const { reader, base } = ended;
    const seconds = Math.round(this.#ageOf(ended) / 1_000);
    this.options.onEnded({ accountId: reader.accountId, ending, seconds, bytes: sentBy(answer) - base });
    this.#leave(answer);
    answer.destroy();
  }

  endAll(): void {
    for (const answer of [...this.#open.keys()]) answer.destroy();
  }

  size(): number {
    return this.#open.size;
  }

  #beat(): void {
    for (const each of [...this.#open.values()]) {
      this.#measure(each);
      if (each.pace.isTooSlow()) this.end(each.answer, 'TOO_SLOW');
      else if (this.#ageOf(each) >= LONGEST) this.end(each.answer, 'TOO_LONG');
    }
  }

  #ageOf({ start }: OpenExport): number {
    return this.options.monotonic() - start;
  }

  #measure({ answer, pace, base }: OpenExport): void {
    const isWaiting = answer.writableLength > 0;
    pace.measure(this.options.monotonic(), { taken: sentBy(answer) - base, isWaiting });
  }

  #leave(answer: ServerResponse): void {
    this.#open.delete(answer);
    if (this.#open.size > 0) return;
    this.#stopBeat?.();
    this.#stopBeat = null;
  }

  /** Makes room on a full node; false if no export may be ended. */
  #hasRoomFor(reader: ExportReader): boolean {
    if (this.#open.size < MOST_AT_ONCE) return true;
    const open = [...this.#open.values()];
    for (const each of open) this.#measure(each);
    const giving = slowestOf(placesToGive(open, reader));
    if (giving !== undefined) this.end(giving.answer, 'ROOM_FOR_OTHERS');
    return giving !== undefined;
  }

  #isFullFor({ accountId, isPrimary }: ExportReader): boolean {
    const own = [...this.#open.values()].filter(({ reader }) => reader.accountId === accountId);
    return own.filter(({ reader }) => reader.isPrimary === isPrimary).length >= MOST_OF_A_KIND;
  }
}
