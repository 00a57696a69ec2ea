import { expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { documentLimits, type DocumentLimits } from '../../src/graphql/rules/limits.js';

const LIMITS: DocumentLimits = { depth: 4, fields: 6, aliases: 2, directives: 2 };
/** A schema in which one can go on for ever; ours has no place that is deep enough. */
const schema = buildSchema('type Query { on: Query, end: Int }');

function complaints(document: string): string[] {
  return validate(schema, parse(document), [documentLimits(LIMITS)]).map(({ message }) => message);
}

function complaint(most: string): string {
  return `An operation may have at most ${most}. Ask for less, or in several requests.`;
}

it.each([
  ['depth', '{ on { on { on { end } } } }', '{ on { on { on { on { end } } } } }', '4 levels deep'],
  [
    'depth through fragments',
    '{ on { ...A } } fragment A on Query { on { on { end } } }',
    '{ on { on { ...A } } } fragment A on Query { on { on { end } } }',
    '4 levels deep',
  ],
  [
    'depth through inline fragments',
    '{ on { ... { on { ... { on { end } } } } } }',
    '{ on { ... { on { ... { on { on { end } } } } } } }',
    '4 levels deep',
  ],
  ['fields', '{ end end end end end end }', '{ end end end end end end end }', '6 fields'],
  [
    'fields of a fragment each time that it is spread',
    '{ ...A ...A } fragment A on Query { end end end }',
    '{ ...A ...A ...A } fragment A on Query { end end end }',
    '6 fields',
  ],
  ['aliases', '{ a: end b: end }', '{ a: end b: end c: end }', '2 aliases'],
  [
    'aliases through fragments',
    '{ ...A b: end } fragment A on Query { a: end }',
    '{ ...A ...A ...A } fragment A on Query { a: end }',
    '2 aliases',
  ],
  [
    'directives',
    '{ end @skip(if: false) ... @skip(if: false) { end } }',
    '{ end @skip(if: false) ... @skip(if: false) { end @skip(if: false) } }',
    '2 directives',
  ],
  [
    'directives of operations and fragments',
    'query @a @b { end }',
    'query @a @b { ...A } fragment A on Query @c { end }',
    '2 directives',
  ],
])('bounds %s', (_, within, beyond, most) => {
  expect(complaints(within)).toStrictEqual([]);
  expect(complaints(beyond)).toStrictEqual([complaint(most)]);
});

it('bounds each operation of a document by itself', () => {
  expect(complaints('query A { end end end end } query B { end end end end }')).toStrictEqual([]);
});

it('ends where fragments go in a circle', () => {
  expect(complaints('{ ...A } fragment A on Query { on { ...B } } fragment B on Query { end ...A }')).toStrictEqual([]);
});

it('does not take long over fragments that spread fragments that spread fragments', () => {
  const fragments = Array.from({ length: 40 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
  const document = `{ ...F0 } ${fragments.join(' ')} fragment F40 on Query { end }`;
  expect(complaints(document)).toStrictEqual([complaint('6 fields')]);
});
