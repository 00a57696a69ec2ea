import { randomUUID } from 'node:crypto';
import { VaultError, type ListOptions, type SecretEntry, type SecretKind } from '../vault.js';
import type { RecordedVaultEvent, VaultStreams } from './vault-streams.js';

/** EventStoreDB does not tell which streams there are, so a stream for each kind does: what was listed, resealed, unlisted. */
export type IndexEvent =
  | { readonly type: 'SecretListed'; readonly id: string; readonly keyId: string; readonly createdAt: string }
  | { readonly type: 'SecretResealed'; readonly id: string; readonly keyId: string }
  | { readonly type: 'SecretUnlisted'; readonly id: string };

/** At most so many events of the index are read at once. */
const PAGE = 1_000;

/** The secrets of one kind that may exist, kept in memory and brought up to date with each question. */
export class SecretIndex {
  readonly #streams: VaultStreams;
  readonly #kind: SecretKind;
  readonly #entries = new Map<string, SecretEntry>();
  #sortedIds: readonly string[] | null = null;
  #next = 0n;
  #refreshing: Promise<void> | null = null;

  constructor(streams: VaultStreams, kind: SecretKind) {
    this.#streams = streams;
    this.#kind = kind;
  }

  /** Notes something, before a secret is stored or after it was changed. */
  async note({ type, ...data }: IndexEvent): Promise<void> {
    const noted = await this.#streams.append(this.#stream, null, [{ id: randomUUID(), type, data, metadata: {} }]);
    if (noted.outcome !== 'APPENDED') throw this.#gone();
  }

  async find(id: string): Promise<SecretEntry | null> {
    await this.#refresh();
    return this.#entries.get(id) ?? null;
  }

  /** What may exist, in order of id: of what is listed here, a crash may have prevented the storing. */
  async list({ after = '', createdBefore, limit }: Omit<ListOptions, 'kind'>): Promise<readonly SecretEntry[]> {
    await this.#refresh();
    this.#sortedIds ??= [...this.#entries.keys()].sort();
    const found: SecretEntry[] = [];
    for (let at = firstBeyond(this.#sortedIds, after); found.length < limit; at += 1) {
      const id = this.#sortedIds[at];
      if (id === undefined) break;
      const entry = this.#entries.get(id);
      if (entry !== undefined && (createdBefore === undefined || entry.createdAt < createdBefore)) found.push(entry);
    }
    return found;
  }

  get #stream(): string {
    return `vault-index-${this.#kind}`;
  }

  /** Reads what was noted since; who asks while somebody reads waits and then reads on. */
  async #refresh(): Promise<void> {
    while (this.#refreshing !== null) await this.#refreshing.catch(() => undefined);
    this.#refreshing = this.#readOn();
    try {
      await this.#refreshing;
    } finally {
      this.#refreshing = null;
    }
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const events = await this.#streams.read(this.#stream, { from: this.#next, limit: PAGE });
      if (events === null) throw this.#gone();
      for (const event of events) this.#take(event);
      if (events.length < PAGE) return;
    }
  }

  #take({ type, data, revision }: RecordedVaultEvent): void {
    const event = { ...data, type } as IndexEvent;
    const known = this.#entries.get(event.id);
    if (event.type === 'SecretUnlisted') this.#entries.delete(event.id);
    else if (event.type === 'SecretListed') this.#entries.set(event.id, known ?? this.#entryOf(event));
    else if (known !== undefined) this.#entries.set(event.id, { ...known, keyId: event.keyId });
    if (event.type !== 'SecretResealed') this.#sortedIds = null;
    this.#next = revision + 1n;
  }

  #gone(): VaultError {
    return new VaultError('UNAVAILABLE', `${this.#stream} was deleted from outside this service`);
  }

  #entryOf({ id, keyId, createdAt }: Extract<IndexEvent, { type: 'SecretListed' }>): SecretEntry {
    return { kind: this.#kind, id, keyId, createdAt };
  }
}

/** The place of the first id that comes after another, by halving. */
function firstBeyond(sorted: readonly string[], after: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
