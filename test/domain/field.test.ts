import { describe, expect, it } from '@jest/globals';
import { count, id, instant, listOf, nullable, oneOf, text, type Field } from '../../src/domain/field.js';

const word = oneOf('a word', ['ONE', 'TWO']);

interface Row {
  readonly field: Field<unknown>;
  readonly accepted: readonly unknown[];
  readonly refused: readonly unknown[];
}

const rows: readonly Row[] = [
  { field: id('an id'), accepted: ['x', ' '], refused: ['', 1, null, undefined] },
  { field: text('a text'), accepted: ['', 'x'], refused: [1, null, undefined, {}] },
  {
    field: instant('a moment'),
    accepted: ['2026-01-01T00:00:00.000Z'],
    refused: [
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.000+00:00',
      '2026-01-01',
      '2027-11-31T00:00:00.000Z',
      '2026-02-29T00:00:00.000Z',
      '2026-01-01T24:00:00.000Z',
      `2026-01-01T00:00:00.000Z\n`,
      0,
    ],
  },
  {
    field: count('a count'),
    accepted: [0, 1, Number.MAX_SAFE_INTEGER],
    refused: [-1, 0.5, Number.NaN, Infinity, Number.MAX_SAFE_INTEGER + 1, '1', 1n, null],
  },
  { field: word, accepted: ['ONE', 'TWO'], refused: ['one', '', null, 'THREE'] },
  { field: nullable(word), accepted: [null, 'ONE'], refused: [undefined, 'THREE'] },
  {
    field: listOf(word),
    accepted: [[], ['ONE', 'TWO', 'ONE']],
    refused: ['ONE', ['ONE', 'THREE'], null, { length: 0 }],
  },
];

describe('A field', () => {
  it.each(rows)('of kind $field.kind accepts what fits', ({ field, accepted }) => {
    expect(accepted.filter((value) => !field.accepts(value))).toEqual([]);
  });

  it.each(rows)('of kind $field.kind refuses what does not', ({ field, refused }) => {
    expect(refused.filter((value) => field.accepts(value))).toEqual([]);
  });

  it('says what it holds', () => {
    expect(nullable(instant('a moment')).kind).toBe('instant or null');
    expect(listOf(id('an id')).kind).toBe('list of id');
  });

  it('keeps the documentation of the field that it is made from', () => {
    expect(nullable(count('so many')).doc).toBe('so many');
    expect(listOf(count('so many')).doc).toBe('so many');
  });
});
