import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Opening } from '../../src/canonical/commitment.js';
import { decodeEvent, type LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { SealedPersonal, StoredEvent } from '../../src/eventstore/event-store.js';
import { openPersonalValues } from '../../src/vault/personal-values.js';

/** A stored event as a release once wrote it; files are added, never changed, and read for ever. */
export interface Fixture {
  /** `<Type>.v<revision>.json` */
  readonly file: string;
  readonly event: StoredEvent;
}

const FOLDER = new URL('../fixtures/events/', import.meta.url);

/** JSON has no bigint, so a position is text there. */
function storedFrom(json: string): StoredEvent {
  const event = JSON.parse(json) as Omit<StoredEvent, 'position'> & { readonly position: string };
  return { ...event, position: BigInt(event.position) };
}

/** Every fixture, in the order of the log. */
export const fixtures: readonly Fixture[] = readdirSync(FOLDER)
  .map((file) => ({ file, event: storedFrom(readFileSync(new URL(file, FOLDER), 'utf8')) }))
  .sort((one, other) => Number(one.event.position - other.event.position));

/** The key that a person's values are sealed under in the fixtures. */
export function fixtureKeyOf(personId: string): Uint8Array {
  return createHash('sha256').update(`fixture ${personId}`).digest();
}

/** The values, with their salt, that a fixture has sealed for its subject or for whoever made the request. */
export function openFixture(event: StoredEvent, slot: keyof SealedPersonal): Opening | null {
  const sealed = event.personal?.[slot];
  if (sealed === undefined) return null;
  const { personId } = sealed;
  return openPersonalValues(fixtureKeyOf(personId), { personId, eventId: event.id, slot }, sealed.sealed);
}

/** A fixture as the domain reads it, personal values opened. */
export function decodeFixture({ event }: Fixture): LoggedEvent {
  return decodeEvent(event, (slot) => openFixture(event, slot)?.values ?? null);
}
