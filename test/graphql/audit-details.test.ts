import { beforeAll, describe, expect, it } from '@jest/globals';
import { isObjectType, isUnionType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { TRAIL_EVENT_TYPES } from '../../src/audit/description.js';
import { detailsOf } from '../../src/audit/details.js';
import { catalogue } from '../../src/domain/catalogue.js';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';
import { typedDetails } from '../../src/graphql/types/audit-details.js';
import { event } from '../support/builders.js';

const NOT_SHOWN = ['accountId', 'userId', 'deviceId', 'secretDigest', 'argumentsDigest'];

let schema: GraphQLSchema;
let types: readonly GraphQLObjectType[];

beforeAll(async () => {
  schema = await buildGraphqlSchema();
  const union = schema.getType('AuditEventDetails');
  types = isUnionType(union) ? union.getTypes() : [];
});

/** The fields of an event type that its details should have. */
function wanted(type: (typeof TRAIL_EVENT_TYPES)[number]): string[] {
  return Object.keys(catalogue[type].data)
    .filter((name) => !NOT_SHOWN.includes(name))
    .sort();
}

describe('The details of an event', () => {
  it.each(TRAIL_EVENT_TYPES)(
    'have a type of their own for %s, with every field but those that say whose it is, and digests',
    (type) => {
      const found = schema.getType(`${type}Details`);
      const fields = isObjectType(found) ? Object.keys(found.getFields()).sort() : [];
      expect(fields).toEqual(wanted(type));
      expect(types.some(({ name }) => name === `${type}Details`)).toBe(fields.length > 0);
    },
  );

  it.each(TRAIL_EVENT_TYPES)('of %s are what its event has', (type) => {
    const { data } = event(type);
    const details = typedDetails(type, detailsOf(type, data));
    if (wanted(type).length === 0) expect(details).toBeNull();
    else
      expect(details).toEqual({
        ...Object.fromEntries(wanted(type).map((name) => [name, Reflect.get(data, name)])),
        __typename: `${type}Details`,
      });
  });

  it('have one type for each name, so that a client may ask for them side by side', () => {
    const kinds = new Map<string, Set<string>>();
    for (const { name, type } of types.flatMap((one) => Object.values(one.getFields()))) {
      kinds.set(name, (kinds.get(name) ?? new Set()).add(String(type)));
    }
    expect([...kinds].filter(([, of]) => of.size > 1)).toEqual([]);
    expect(kinds.get('expiresAt')).toEqual(new Set(['DateTime']));
    expect(kinds.get('timeStep')).toEqual(new Set(['Int']));
    expect(kinds.get('factors')).toEqual(new Set(['[String!]']));
  });

  it('are described in the words of the catalogue', () => {
    const type = schema.getType('MfaCodeRejectedDetails');
    const fields = isObjectType(type) ? type.getFields() : {};
    expect(fields.attemptsLeft?.description).toBe('How many more codes this challenge takes.');
    expect(fields.reason?.description).toMatch(/One of WRONG, STALE, CLOCK_DRIFT\.$/);
  });
});
