import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  parse,
  TypeInfo,
  ValidationContext,
  visit,
  type GraphQLError,
  type ValidationRule,
} from 'graphql';
import { documentLimits } from '../../src/graphql/rules/limits.js';
import { oneMutation } from '../../src/graphql/rules/one-mutation.js';
import { PARSE_OPTIONS } from '../../src/graphql/rules/validation.js';

const schema = buildSchema('type Query { on: Query, end: Int } type Mutation { on: Mutation, end: Int }');
const MOST = 5_000;

/** A context that gives up when a rule walks more fragments than a linear walk needs. */
class CountingContext extends ValidationContext {
  walked = 0;
  override getFragment(name: string) {
    this.walked += 1;
    if (this.walked > MOST) throw new Error('the rule walks fragments again and again');
    return super.getFragment(name);
  }
}

/** How many fragments a rule walked, and what it said. */
function walk(rule: ValidationRule, text: string) {
  const errors: GraphQLError[] = [];
  const document = parse(text, PARSE_OPTIONS);
  const context = new CountingContext(schema, document, new TypeInfo(schema), (error) => errors.push(error));
  visit(document, rule(context));
  return { walked: context.walked, messages: errors.map(({ message }) => message) };
}

/** Fragments of which each spreads what `next` names. */
function fragments(count: number, next: (n: number) => readonly string[]): string {
  const definitions = Array.from({ length: count }, (_, n) => {
    const spreads = next(n).map((name) => `...${name}`);
    return `fragment F${n} on Mutation { ${spreads.join(' ')} }`;
  });
  return `mutation { ...F0 } ${definitions.join(' ')}`;
}

const LEVELS = 90;
const doubling = (last: string) => fragments(LEVELS, (n) => (n === LEVELS - 1 ? [last] : [`F${n + 1}`, `F${n + 1}`]));
const dag = (count: number) =>
  `${fragments(count, (n) => [...Array.from({ length: count - n - 1 }, (_, k) => `F${n + 1 + k}`), 'End'])}
   fragment End on Mutation { end }`;

const documents: readonly (readonly [string, string, number])[] = [
  ['a doubling chain that ends in a field', `${doubling('End')} fragment End on Mutation { end }`, LEVELS + 1],
  ['a doubling chain that ends in an unknown fragment', doubling('Unknown'), LEVELS + 1],
  ['a doubling chain that ends in itself', doubling(`F${LEVELS - 1}`), LEVELS],
  ['a doubling chain that ends where it began', doubling('F0'), LEVELS],
  ['fragments that each spread all later ones', dag(26), 27],
  ['fragments that all spread all', fragments(18, () => Array.from({ length: 18 }, (_, n) => `F${n}`)), 18],
];

describe.each([
  ['documentLimits', documentLimits({ depth: 4, fields: 6, aliases: 2, directives: 2 })],
  ['oneMutation', oneMutation],
])('%s', (_, rule) => {
  it.each(documents)('walks each fragment at most once: %s', (_name, document, most) => {
    expect(walk(rule, document).walked).toBeLessThanOrEqual(most);
  });
});

it('counts what fragments spread however often that is', () => {
  const document = `${doubling('End')} fragment End on Mutation { end }`;
  expect(walk(documentLimits({ depth: 4, fields: 6, aliases: 2, directives: 2 }), document).messages).toHaveLength(1);
  expect(walk(oneMutation, document).messages).toHaveLength(1);
});

it.each([
  [
    'one mutation through a chain',
    'mutation { ...A } fragment A on Mutation { ...B } fragment B on Mutation { end }',
    0,
  ],
  ['one fragment twice', 'mutation { ...A ...A } fragment A on Mutation { end }', 1],
  ['two in a fragment', 'mutation { ...A } fragment A on Mutation { a: end b: end }', 1],
  ['two in nested inline fragments', 'mutation { ... { ... { a: end } } ... { b: end } }', 1],
  ['one in each operation', 'mutation A { ...F } mutation B { ...F } fragment F on Mutation { end }', 0],
])('counts mutations: %s', (_, document, complaints) => {
  expect(walk(oneMutation, document).messages).toHaveLength(complaints);
});
