import { describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  getNullableType,
  isInputObjectType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql';
import type { Loose } from '../support/client.js';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';

const schema = await buildGraphqlSchema();

/** A place in the arguments of a field where a text belongs, and arguments with a text there. */
interface Text {
  readonly path: string;
  readonly at: (text: string) => Loose;
}

function textsOf(path: string, type: GraphQLInputType): Text[] {
  const named = getNamedType(type);
  if (named.name === 'String' || named.name === 'ID') return [{ path, at: (text) => text }];
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    textsOf(`${path}.${field.name}`, getNullableType(field.type)).map(({ path: inner, at }) => ({
      path: inner,
      at: (text: string) => ({ [field.name]: at(text) }),
    })),
  );
}

const cases = Object.values(schema.getTypeMap()).flatMap((type) =>
  isObjectType(type)
    ? Object.values(type.getFields()).flatMap((field) =>
        field.args.flatMap((argument) =>
          textsOf(argument.name, argument.type).map(({ path, at }) => ({
            name: `${type.name}.${field.name}(${path})`,
            ...{ path, field },
            given: (text: string) => ({ [argument.name]: at(text) }),
          })),
        ),
      )
    : [],
);

/** Has a field look at its arguments as it does before its resolver runs. */
function refusalOf({ extensions }: GraphQLField<unknown, unknown>, args: Loose): Loose {
  try {
    (extensions.checkTexts as (given: Loose) => void)(args);
  } catch (error) {
    return error;
  }
  return null;
}

describe('Every text in every argument has a longest length', () => {
  it('is looked at wherever there are texts', () => {
    expect(cases.length).toBeGreaterThan(80);
  });

  it.each(cases)('$name', ({ path, field, given }) => {
    const refused = refusalOf(field, given('x'.repeat(50_000)));
    expect(refused?.extensions).toStrictEqual({ code: 'BAD_USER_INPUT' });
    expect(refused.message).toMatch(new RegExp(`^\`${path}\` has 50000 characters\\. Send at most \\d+\\.$`));
    expect(refusalOf(field, given('x'.repeat(100)))).toBeNull();
  });
});
