import { describe as describeEvent, type TrailEventType } from '../../../src/audit/description.js';
import { ocsfEvent, type OcsfSource } from '../../../src/audit/export/ocsf/ocsf-event.js';
import type { OcsfVersion } from '../../../src/audit/export/ocsf/activities.js';
import type { TrailEvent } from '../../../src/audit/export/ocsf/mapping.js';
import type { ReadableEvent } from '../../../src/audit/export/readable.js';
import { recordOf, trailOf } from '../../../src/audit/record.js';
import { decodeFixture, fixtures, openFixture, type Fixture } from '../../support/fixtures.js';

/** The fixtures of events that stand in a trail. */
export const trailFixtures: readonly Fixture[] = fixtures.filter(({ event }) => trailOf(event) !== null);

function readableOf(fixture: Fixture): ReadableEvent {
  const event = decodeFixture(fixture);
  const described = describeEvent(event);
  if (described === null) throw new Error(`${event.type} is not described`);
  const request = openFixture(fixture.event, 'request')?.values;
  return {
    ...described,
    type: event.type as TrailEventType,
    actorKind: event.metadata.actor.kind,
    actorId: event.metadata.actor.id,
    actorName: 'ada',
    subjectId: 'userId' in event.data ? event.data.userId : null,
    subjectName: 'sam',
    deviceId: 'deviceId' in event.data ? event.data.deviceId : null,
    deviceName: 'Phone',
    ip: request?.ip ?? null,
    userAgent: request?.userAgent ?? null,
  };
}

/** A fixture at a place in its trail, as it is exported. */
export function sourceOf(fixture: Fixture, readable: Partial<ReadableEvent> = {}, seq = 7): OcsfSource {
  const event = decodeFixture(fixture) as unknown as TrailEvent;
  return { record: recordOf(fixture.event, seq), event, readable: { ...readableOf(fixture), ...readable } };
}

/** The fixture of a type. */
export function fixtureOf(type: string): Fixture {
  const found = fixtures.find(({ event }) => event.type === type);
  if (found === undefined) throw new Error(`there is no fixture of ${type}`);
  return found;
}

/** What an event of a type is in OCSF. */
export function ocsfOf(type: string, readable: Partial<ReadableEvent> = {}, version: OcsfVersion = '1.8.0') {
  return ocsfEvent(sourceOf(fixtureOf(type), readable), version);
}
