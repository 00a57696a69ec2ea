import { expect, it } from '@jest/globals';
import { graphqlSync, getIntrospectionQuery, validateSchema } from 'graphql';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';

it('the schema is sound, and can be asked for all of itself', async () => {
  const schema = await buildGraphqlSchema();
  expect(validateSchema(schema)).toEqual([]);
  expect(graphqlSync({ schema, source: getIntrospectionQuery() }).errors).toBeUndefined();
});
