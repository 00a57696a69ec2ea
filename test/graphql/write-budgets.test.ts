import { beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { RateLimitedError } from '../../src/application/errors.js';
import type { Application } from '../../src/application/application.js';
import type { SessionStage } from '../../src/domain/session/standing.js';
import { enforceAccess, type AccessRule } from '../../src/graphql/access.js';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';

/** What a mutation has taken, as `limit breadth key`, before the first budget that is used up. */
type Taken = readonly string[];

const URGENT = [
  'answerMfaChallenge',
  'cancelAccountRecovery',
  'deleteSubUser',
  'disableMfa',
  'revokeSession',
  'signOut',
  'verifyOperation',
];
/** Nobody is signed in: test/e2e/request-limits.test.ts shows their budgets. */
const OF_ITS_OWN = ['registerAccount', 'signIn'];

let schema: GraphQLSchema;

beforeAll(async () => {
  schema = await buildGraphqlSchema();
});

const mutations = () => Object.values(schema.getMutationType()?.getFields() ?? {});
const ruleOf = (name: string): AccessRule =>
  schema.getMutationType()?.getFields()[name]?.extensions.access as AccessRule;

/** Sends a mutation as the primary, or as the service that it is for; the resolver itself would break on this context. */
async function takenBy(name: string, usedUp: (taken: string) => boolean): Promise<{ taken: Taken; refused: unknown }> {
  const taken: string[] = [];
  const limits: Application['limits'] = {
    take(limit, key, { breadth = 'NARROW' } = {}) {
      const one = `${limit} ${breadth} ${key}`;
      taken.push(one);
      return usedUp(one) ? Promise.reject(new RateLimitedError('used up', 1)) : Promise.resolve();
    },
  };
  const rule = ruleOf(name);
  const stage = rule.stages.at(-1) as SessionStage;
  const isOfService = rule.roles !== 'ANY' && rule.roles.includes('SERVICE_CREDENTIAL');
  const user = { accountId: 'acme', userId: 'ada', kind: 'PRIMARY', role: null };
  const context = {
    app: { limits },
    session: isOfService ? null : { sessionId: 'first', stage, user },
    serviceCaller: isOfService ? { credentialId: 'vm', accountId: 'acme' } : null,
    tokenReader: null,
    sessionSource: 'LOG',
  };
  const field = schema.getMutationType()?.getFields()[name];
  const refused: unknown = await Promise.resolve(field?.resolve?.({}, {}, context, {} as never)).catch(
    (error: unknown) => error,
  );
  return { taken, refused };
}

describe('Every mutation of the schema', () => {
  it('is charged to who sends it, or names a budget of its own where nobody is signed in', () => {
    const named = mutations().filter(({ name }) => ruleOf(name).budget === 'OF_ITS_OWN');
    expect(named.map(({ name }) => name).toSorted()).toEqual(OF_ITS_OWN);
    const urgent = mutations().filter(({ name }) => ruleOf(name).budget === 'URGENT_WRITES');
    expect(urgent.map(({ name }) => name).toSorted()).toEqual(URGENT);
  });

  it('is refused before anything is done where the budget of its session is used up', async () => {
    const charged = mutations().filter(({ name }) => !OF_ITS_OWN.includes(name));
    expect(charged.length).toBeGreaterThan(25);
    for (const { name } of charged) {
      const { taken, refused } = await takenBy(name, (one) => one.startsWith('WRITES_OF_SESSION'));
      expect({ name, refused }).toMatchObject({ name, refused: { code: 'RATE_LIMITED' } });
      expect(taken).toHaveLength(1);
    }
  });

  it('is charged to the account as well, but for those that are urgent', async () => {
    for (const { name } of mutations()) {
      if (OF_ITS_OWN.includes(name)) continue;
      const { taken, refused } = await takenBy(name, (one) => one.startsWith('WRITES_OF_ACCOUNT'));
      const isUrgent = URGENT.includes(name);
      expect({ name, ofAccount: taken.some((one) => one.startsWith('WRITES_OF_ACCOUNT')) }).toEqual({
        name,
        ofAccount: !isUrgent,
      });
      expect(refused instanceof RateLimitedError).toBe(!isUrgent);
    }
  });

  it('keeps the service from starting where it is charged to nobody', () => {
    const withRule = (rule: AccessRule) => {
      const mutate = { type: GraphQLString, extensions: { access: rule } };
      return () =>
        enforceAccess(new GraphQLSchema({ mutation: new GraphQLObjectType({ name: 'Mutation', fields: { mutate } }) }));
    };
    const fault = 'mutate is charged to nobody';
    expect(withRule({ stages: ['ANONYMOUS'], roles: 'ANY' })).toThrow(fault);
    expect(withRule({ stages: ['ANONYMOUS', 'FULL'], roles: 'ANY', budget: 'URGENT_WRITES' })).toThrow(fault);
    expect(withRule({ stages: ['FULL'], roles: 'ANY', budget: 'OF_ITS_OWN' })).toThrow(fault);
    expect(withRule({ stages: ['FULL'], roles: 'ANY' })).not.toThrow();
  });
});
