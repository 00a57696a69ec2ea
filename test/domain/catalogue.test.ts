import { describe, expect, it } from '@jest/globals';
import { catalogue, eventTypeNamed } from '../../src/domain/catalogue.js';
import { accountEvents } from '../../src/domain/account/events.js';
import { eventType } from '../../src/domain/event.js';
import { id } from '../../src/domain/field.js';
import { mfaEvents } from '../../src/domain/mfa/events.js';
import { grantEvents } from '../../src/domain/operation/events.js';
import { nameEvents } from '../../src/domain/name/events.js';
import { passwordEvents } from '../../src/domain/password/events.js';
import { reactionEvents } from '../../src/domain/reaction/events.js';
import { sessionEvents } from '../../src/domain/session/events.js';
import { userEvents } from '../../src/domain/user/events.js';

const types = Object.entries(catalogue);

describe('The catalogue', () => {
  it('has every event of every stream, one name for one definition', () => {
    const rooms = [
      accountEvents,
      userEvents,
      mfaEvents,
      passwordEvents,
      sessionEvents,
      grantEvents,
      nameEvents,
      reactionEvents,
    ];
    for (const room of rooms) expect(catalogue).toMatchObject(room);
    expect(types).toHaveLength(new Set(rooms.flatMap((room) => Object.keys(room))).size);
  });

  it('knows a type by its name', () => {
    expect(eventTypeNamed('MfaEnabled')).toBe(catalogue.MfaEnabled);
  });

  it.each(['MfaUpdated', 'toString', '__proto__', ''])('knows no type "%s"', (name) => {
    expect(eventTypeNamed(name)).toBeUndefined();
  });

  it.each(types)('has %s with as many upcasters as it has older revisions', (_, type) => {
    expect(type.upcasters).toHaveLength(type.revision - 1);
    expect(type.streams.length).toBeGreaterThan(0);
  });

  it.each(types)('says in a sentence what %s is, and what each of its fields holds', (_, type) => {
    expect(type.doc).toMatch(/^[A-Z].*\.$/);
    for (const field of Object.values(type.data)) expect(field.doc).not.toBe('');
  });
});

describe('A new event type', () => {
  it('is at revision 1 in the streams that are named, without personal values unless some are named', () => {
    const data = { accountId: id('the account') };
    expect(eventType('user', 'It happened.', data)).toEqual({
      streams: ['user'],
      revision: 1,
      doc: 'It happened.',
      data,
      personal: [],
      upcasters: [],
    });
    expect(eventType(['user', 'mfa'], 'It happened.', data, ['email'])).toMatchObject({
      streams: ['user', 'mfa'],
      personal: ['email'],
    });
  });
});
