import { describe, expect, it } from '@jest/globals';
import { buildSchema, getNamedType, getNullableType, isCompositeType, isListType, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { stateCosts } from '../../../src/graphql/costs/state-costs.js';
import { buildGraphqlSchema } from '../../../src/graphql/schema.js';

const schema = await buildGraphqlSchema();

const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
  isObjectType(type) && !type.name.startsWith('__')
    ? Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, type, field }))
    : [],
);

/** The fields that have a resolver method, by the names of their methods. */
const methods = new Set(
  [...getMetadataStorage().queries, ...getMetadataStorage().subscriptions, ...getMetadataStorage().fieldResolvers].map(
    ({ schemaName }) => schemaName,
  ),
);

describe('Every field', () => {
  it('that has a resolver, is a list of objects or a connection says what it costs', () => {
    const silent = fields.filter(({ field, type }) => {
      const result = getNullableType(field.type);
      const isMany =
        (isListType(result) && isCompositeType(getNamedType(result))) ||
        getNamedType(result).name.endsWith('Connection');
      const hasMethod = methods.has(field.name) && field.extensions.access !== undefined;
      return (
        (isMany || hasMethod || type === schema.getQueryType()) && typeof field.extensions.complexity !== 'function'
      );
    });
    expect(silent.map(({ name }) => name)).toStrictEqual([]);
    expect(fields.filter(({ field }) => field.extensions.complexity !== undefined).length).toBeGreaterThan(40);
  });

  it('that says nothing keeps the service from starting', () => {
    const add = 'type Query { a: [Thing!]! } type Thing { id: ID! }';
    expect(() => stateCosts(buildSchema(add))).toThrow('Query.a does not say what it costs: give it a complexity');
  });
});
