import type { EventToAppend, ReadAllOptions, ReadStreamOptions } from './event-store.js';
import { EventStoreError } from './event-store.js';

/** The most that one append may weigh, in bytes of JSON: EventStoreDB refuses an append from 1 MiB on, so no store takes more. */
export const MAX_APPEND_BYTES = 1_000_000;

/** What an event weighs beside its own JSON: its id, and what a store writes around it. */
const WEIGHT_OF_ENVELOPE = 512;

/** Deeper nesting is refused, and with it an object that contains itself. */
const MAX_DEPTH = 100;

/** No control characters and no half surrogate pairs, which no encoding keeps; a leading `$` is the mark of EventStoreDB's own. */
const NAME = /^[^$\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}]*$/u;

/** Printable ASCII, since EventStoreDB names streams in HTTP trailers; `$` and `vault-` begin streams of EventStoreDB and the vault. */
const STREAM = /^(?!\$|vault-)[\x21-\x7e][\x20-\x7e]*$/;

/** EventStoreDB keeps an event's id as 16 bytes, and gives it back in lower case. */
const EVENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws {EventStoreError} `INVALID` where no store could take the append */
export function checkAppend(stream: string, expected: number, events: readonly EventToAppend[]): void {
  checkStream(stream);
  if (!isCount(expected)) refuse('the expected version is a whole number from 0 on');
  if (events.length === 0) refuse('an append has at least one event');
  if (new Set(events.map((event) => event.id)).size !== events.length) refuse('an append names each event id once');
  events.forEach(checkEvent);
}

/** An event's parts, written as JSON. */
export interface WrittenEvent {
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  readonly personal: string | null;
}

/** @throws {EventStoreError} `INVALID` where the events of an append weigh more than a store takes */
export function checkWeight(events: readonly WrittenEvent[]): void {
  const bytes = events.reduce((sum, event) => sum + weightOf(event), 0);
  if (bytes > MAX_APPEND_BYTES) refuse(`an append weighs at most ${MAX_APPEND_BYTES} bytes`);
}

function weightOf({ type, data, metadata, personal }: WrittenEvent): number {
  // EventStoreDB counts a type as UTF-16.
  const texts = [data, metadata, personal ?? '', type, type];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), WEIGHT_OF_ENVELOPE);
}

/** @throws {EventStoreError} `INVALID` where a stream cannot be read like that */
export function checkReadStream(stream: string, options: ReadStreamOptions): void {
  checkStream(stream);
  if (options.after !== undefined && !isCount(options.after)) refuse('the version to read after is a whole number');
  if (options.limit !== undefined) checkLimit(options.limit);
}

/** @throws {EventStoreError} `INVALID` where the log cannot be read like that */
export function checkReadAll(options: ReadAllOptions): void {
  checkPosition(options.after);
  checkLimit(options.limit);
}

/** @throws {EventStoreError} `INVALID` where nothing can lie after a position */
export function checkPosition(after: bigint): void {
  if (after < 0n) refuse('a position is a whole number from 0 on');
}

function checkLimit(limit: number): void {
  if (!isCount(limit) || limit === 0) refuse('a limit is a whole number from 1 on');
}

function checkEvent(event: EventToAppend): void {
  if (!EVENT_ID.test(event.id)) refuse('an event id is a UUID in lower case');
  checkName('an event type', event.type);
  if (!isCount(event.revision)) refuse(`the revision of ${event.type} is a whole number`);
  const parts = { data: event.data, metadata: event.metadata, personal: event.personal ?? {} };
  for (const [name, part] of Object.entries(parts)) {
    if (!isObject(part) || !isJson(part, 0)) refuse(`the ${name} of ${event.type} is a plain JSON object`);
  }
}

function checkStream(stream: string): void {
  if (!STREAM.test(stream)) {
    refuse('a stream is named in printable ASCII, and does not begin with a space, "$" or "vault-"');
  }
}

function checkName(what: string, name: string): void {
  if (!NAME.test(name)) refuse(`${what} is text without control characters that does not begin with "$"`);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  return value === null || (depth < MAX_DEPTH && partsOf(value)?.every((part) => isJson(part, depth + 1)) === true);
}

/** The items of an array, the holes of a sparse one too, or the values of a plain object; of nothing else. */
function partsOf(value: object): unknown[] | undefined {
  if (Array.isArray(value)) return Array.from<unknown>(value);
  return isObject(value) ? Object.values(value) : undefined;
}

/** A plain object of whatever realm: its prototype, if any, is the end of the chain. */
function isObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refuse(rule: string): never {
  throw new EventStoreError('INVALID', `the event store refuses this: ${rule}`);
}
