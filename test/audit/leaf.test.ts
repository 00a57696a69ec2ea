import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exportLine, parseExportLine } from '../../src/audit/export/line.js';
import { recordHash, recordText } from '../../src/audit/leaf.js';
import { recordOf, trailOf } from '../../src/audit/record.js';
import { checkRecord } from '../../src/audit/verification/record-check.js';
import { fixtures, openFixture } from '../support/fixtures.js';

const inTrail = fixtures.filter(({ event }) => trailOf(event) !== null);
const created = inTrail.find(({ file }) => file === 'UserCreated.v1.json')?.event;
const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64');

describe('The leaf of a record', () => {
  it('is its canonical JSON, for ever', () => {
    if (created === undefined) throw new Error('there is no such fixture');
    const record = recordOf(created, 7);
    expect(recordText(record)).toBe(
      '{"data":{"accountId":"822b33ad-87c1-48a0-a20a-5ba7cd5ebcaa","credentialId":"e265b6f5-6460-4a1f-a8dc-42785cd18a86",' +
        '"kind":"SUB_USER","personId":"7671456f-3d31-48b0-8998-83305d41ed60","role":"MEMBER",' +
        '"userId":"2f48b881-ea70-43f1-86f0-83b296a360bd"},"id":"33b8b911-644e-4eae-bcff-930801381c13",' +
        '"metadata":{"actor":{"id":"fdee430d-40bd-47de-aac1-86cd9790033d","kind":"USER"},"causationId":null,' +
        '"correlationId":"9baf60ec-5166-4cdf-8625-8de0680b520f","occurredAt":"2026-03-02T09:12:31.004Z",' +
        '"requestId":"9baf60ec-5166-4cdf-8625-8de0680b520f","sessionId":"883c43b7-a9e6-4906-af15-7a9a66e44e2a"},' +
        '"personal":["pfuOYWETN1FYG3UfXR5u5GhrQJRJJr3cwCV0DsNvVqU","mbAk20Di-uyxI2OKPZsVoNnHONCyqEwzyNKFbE-lQZo"],' +
        '"revision":1,"seq":7,"stream":"user-2f48b881-ea70-43f1-86f0-83b296a360bd","type":"UserCreated","v":1,"version":1}',
    );
    expect(base64(recordHash(record))).toBe('TIqUEIgu3Hu1TKybcmWi+QjvvcgrHyySaNtipEO/SVU=');
  });

  it('is the same whatever order its fields are in', () => {
    for (const { event } of inTrail) {
      const record = recordOf(event, 0);
      const reversed = Object.fromEntries(Object.entries(record).reverse()) as unknown as typeof record;
      expect(recordText(reversed)).toBe(recordText(record));
    }
  });

  it('differs where anything in the record does', () => {
    const hashes = inTrail.flatMap(({ event }) => [0, 1].map((seq) => base64(recordHash(recordOf(event, seq)))));
    expect(new Set(hashes).size).toBe(2 * inTrail.length);
  });
});

describe('The line of a record in an export', () => {
  it.each(inTrail)('is read as it was written, with what opens its commitments: $file', ({ event }) => {
    const openings = (['subject', 'request'] as const)
      .filter((slot) => event.personal?.[slot])
      .map((slot) => openFixture(event, slot));
    const record = recordOf(event, 3);
    const exported = parseExportLine(exportLine(record, openings));
    if (exported === null) throw new Error('its own line is not understood');
    expect(exported).toEqual({ record, text: recordText(record), hash: recordHash(record), openings });
    expect(checkRecord(exported)).toEqual([]);
  });

  it('is read as it was written, whatever JSON its event holds', () => {
    if (created === undefined) throw new Error('there is no such fixture');
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (data) => {
        const stored = JSON.parse(JSON.stringify({ ...created, data, position: 0 })) as typeof created;
        const record = recordOf(stored, 0);
        const exported = parseExportLine(exportLine(record, []));
        expect(exported).toMatchObject({ record, openings: [] });
        expect(exported && checkRecord(exported)).toEqual([]);
      }),
    );
  });
});
