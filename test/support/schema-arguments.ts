import {
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import type { Loose } from './client.js';

/** A place in the arguments of an operation where clients put a value. */
export interface Place {
  readonly operation: string;
  readonly path: readonly string[];
  /** The name of the type that belongs there. */
  readonly type: string;
  readonly nullable: boolean;
}

function placesIn(operation: string, path: readonly string[], declared: GraphQLInputType): Place[] {
  const type = getNullableType(declared);
  const here: Place = { operation, path, type: type.toString(), nullable: !isNonNullType(declared) };
  if (isListType(type)) return [here];
  if (!isInputObjectType(type)) return [here];
  return [
    here,
    ...Object.values(type.getFields()).flatMap((field) => placesIn(operation, [...path, field.name], field.type)),
  ];
}

function fieldsOf(schema: GraphQLSchema): (readonly [operation: string, field: GraphQLField<unknown, unknown>])[] {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    root ? Object.values(root.getFields()).map((field) => [`${root.name}.${field.name}`, field] as const) : [],
  );
}

/** Every place in every argument of every operation, as the schema has it. */
export function placesOf(schema: GraphQLSchema): Place[] {
  return fieldsOf(schema).flatMap(([operation, field]) =>
    field.args.flatMap((argument) => placesIn(operation, [argument.name], argument.type)),
  );
}

/** A document that calls an operation with all its arguments as variables, and asks for as little as it can. */
export function callOf(schema: GraphQLSchema, operation: string): string {
  const field = fieldsOf(schema).find(([name]) => name === operation)?.[1];
  if (field === undefined) throw new Error(`there is no ${operation}`);
  const kind = operation.startsWith('Mutation.') ? 'mutation' : 'query';
  const declared = field.args.map(({ name, type }) => `$${name}: ${type.toString()}`).join(', ');
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const type = getNullableType(field.type);
  const leaf =
    isObjectType(type) && 'userErrors' in type.getFields() ? '{ userErrors { code field message } }' : '{ __typename }';
  const selection = isObjectType(type) || isUnionType(type) || !('getValues' in type) ? leaf : '';
  return `${kind}${declared && ` (${declared})`} { ${field.name}${passed && `(${passed})`} ${selection} }`;
}

/** Variables with another value at one place. */
export function withValueAt(variables: Loose, [name = '', ...rest]: readonly string[], value: unknown): Loose {
  const inner = rest.length === 0 ? value : withValueAt(variables?.[name] ?? {}, rest, value);
  return { ...variables, [name]: inner };
}
