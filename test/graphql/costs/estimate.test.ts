import { describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery, getOperationAST, parse, specifiedRules, validate } from 'graphql';
import { estimate } from '../../../src/graphql/costs/estimate.js';
import { buildGraphqlSchema } from '../../../src/graphql/schema.js';

const schema = await buildGraphqlSchema();

function cost(text: string, variables: Readonly<Record<string, unknown>> = {}, operationName?: string): number {
  const document = parse(text);
  expect(validate(schema, document, specifiedRules)).toStrictEqual([]);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('there is no such operation');
  return estimate({ schema, document, operation, variables }).points;
}

const USERS =
  'query ($first: Int, $last: Int) { users(first: $first, last: $last) { nodes { sessions(first: 10) { nodes { id } } } } }';

describe('What an operation costs', () => {
  it('grows with the size of its pages, which variables say as well', () => {
    const small = cost(USERS, { first: 1 });
    expect(cost(USERS, { first: 100 })).toBeGreaterThan(40 * small);
    expect(cost(USERS, { last: 100 })).toBe(cost(USERS, { first: 100 }));
    expect(cost('{ users(first: 100) { nodes { sessions(first: 10) { nodes { id } } } } }')).toBe(
      cost(USERS, { first: 100 }),
    );
  });

  it('counts 50 entries where no size is given, and no more than 100 whatever size is given', () => {
    expect(cost(USERS)).toBe(cost(USERS, { first: 50 }));
    expect(cost(USERS, { first: null })).toBe(cost(USERS, { first: 50 }));
    for (const first of [101, 2 ** 31 - 1, -1]) expect(cost(USERS, { first })).toBe(cost(USERS, { first: 100 }));
  });

  it('uses the defaults of variables', () => {
    const document = 'query ($first: Int = 100) { users(first: $first) { nodes { id } } }';
    expect(cost(document)).toBe(cost('{ users(first: 100) { nodes { id } } }'));
    expect(cost(document, { first: 1 })).toBeLessThan(cost(document));
  });

  it('is that of the operation that is named', () => {
    const document = 'query A { viewer { stage } } query B { users(first: 100) { nodes { id } } }';
    expect(cost(document, {}, 'A')).toBeLessThan(cost(document, {}, 'B'));
  });

  it('counts fragments as often as they are spread, and each alias', () => {
    const one = cost('{ a: mfaCoverage { users } }');
    const three = cost(
      '{ ...A b: mfaCoverage { users } c: mfaCoverage { users } } fragment A on Query { a: mfaCoverage { users } }',
    );
    expect(three).toBeGreaterThanOrEqual(one + 2 * 20);
    expect(cost('{ node(id: "a") { ... on User { sessions(first: 100) { nodes { id } } } } }')).toBeGreaterThan(
      cost('{ node(id: "a") { ... on User { id } } }') + 10,
    );
  });

  it('leaves out what is skipped or not included', () => {
    const document =
      'query ($yes: Boolean!) { viewer { stage } users(first: 100) @include(if: $yes) { nodes { id } } ... @skip(if: $yes) { mfaCoverage { users } } }';
    expect(cost(document, { yes: true })).not.toBe(cost(document, { yes: false }));
    expect(cost(document, { yes: false })).toBeLessThan(
      cost('{ users(first: 100) { nodes { id } } mfaCoverage { users } }'),
    );
  });

  it('counts what stands beside arguments that are refused', () => {
    const document = `query ($points: Int = 3) {
      a: mfaCoverageSeries(since: "2026-01-01T00:00:00Z", points: $points) { users }
      b: mfaCoverage { users }
    }`;
    expect(cost(document, { points: null })).toBeGreaterThan(20);
    expect(cost(document, { points: null })).toBeLessThan(cost(document));
  });

  it('is bounded for introspection', () => {
    expect(cost(getIntrospectionQuery())).toBeLessThan(1_000);
    expect(cost('{ __type(name: "User") { name fields { name } } }')).toBeLessThan(50);
  });

  it('of a mutation is what its answer reads', () => {
    const mutation = (selection: string) =>
      `mutation { deleteSubUser(input: { userId: "sam" }) { userErrors { code } ${selection} } }`;
    expect(cost(mutation('deletedUserId'))).toBeLessThanOrEqual(1);
    expect(cost(mutation('query { users(first: 100) { nodes { id } } }'))).toBeGreaterThan(20);
  });

  it('stays the same where a document without variables is asked again', () => {
    const document = parse('{ viewer { stage } }');
    const operation = getOperationAST(document);
    if (!operation) throw new Error('there is no operation');
    const asked = { schema, document, operation, variables: {} };
    expect(estimate(asked).points).toBe(estimate(asked).points);
  });
});
