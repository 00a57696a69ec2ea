import { expect, describe, it } from '@jest/globals';
import { decodeEvent, type OpenSlot } from '../../src/eventstore/event-codec.js';
import type { StoredEvent } from '../../src/eventstore/event-store.js';
import type { PersonalValues } from '../../src/canonical/commitment.js';
import { event } from '../support/builders.js';
import { METADATA, NOW } from '../projections/given.js';

const PERSONAL: Readonly<Record<'subject' | 'request', PersonalValues>> = {
  subject: { username: 'sam', displayName: 'Sam', email: null, somethingElse: 'x' },
  request: { ip: '192.0.2.1' },
};

function stored(type: 'UserCreated' | 'MfaUnlocked'): StoredEvent {
  const place = { id: 'id', stream: type === 'UserCreated' ? 'user-sam' : 'mfa-sam', version: 1, position: 1n };
  return { ...place, type, revision: 1, data: event(type).data, metadata: METADATA, recordedAt: NOW };
}

/** Opens what there is, and notes what it was asked for. */
function opener(open: OpenSlot = (slot) => PERSONAL[slot]) {
  const asked: string[] = [];
  const noting: OpenSlot = (slot) => {
    asked.push(slot);
    return open(slot);
  };
  return { asked, open: noting };
}

describe('An event that is read from the log', () => {
  it('has its personal values opened when they are looked at, each slot once', () => {
    const { asked, open } = opener();
    const read = decodeEvent(stored('UserCreated'), open);
    expect(asked).toEqual([]);
    for (let look = 0; look < 2; look += 1) {
      expect(read.request).toEqual({ ip: '192.0.2.1', userAgent: null });
      expect(read.personal).toEqual({ username: 'sam', displayName: 'Sam', email: null });
    }
    expect(asked).toEqual(['request', 'subject']);
  });

  it('has none where there are none, or no key, and is not asked again', () => {
    const { asked, open } = opener(() => null);
    const read = decodeEvent(stored('UserCreated'), open);
    for (let look = 0; look < 2; look += 1) expect([read.personal, read.request]).toEqual([null, null]);
    expect(asked).toEqual(['subject', 'request']);
  });

  it('has no personal values of its subject where its type has none, whatever is sealed', () => {
    const { asked, open } = opener();
    expect(decodeEvent(stored('MfaUnlocked'), open).personal).toBeNull();
    expect(asked).toEqual([]);
  });

  it('says why its values do not open to everybody who looks, and to nobody else', () => {
    const { open } = opener(() => {
      throw new Error('sealed for ever');
    });
    const read = decodeEvent(stored('UserCreated'), open);
    expect([read.type, read.id, read.position]).toEqual(['UserCreated', 'id', 1n]);
    for (let look = 0; look < 2; look += 1) {
      expect(() => read.personal).toThrow('sealed for ever');
      expect(() => read.request).toThrow('sealed for ever');
    }
  });
});
