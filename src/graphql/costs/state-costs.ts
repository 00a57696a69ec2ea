import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { takeTurn } from '../../application/turns.js';
import { ENTRIES, type Cost } from './weights.js';

type Field = GraphQLField<unknown, unknown>;

/** A field that costs as much, asked without arguments, waits until no other of its kind runs in the same turn of the event loop. */
const WAITS_FROM = 5;

function isConnection(type: unknown): boolean {
  return isObjectType(type) && type.name.endsWith('Connection');
}

function isListOfObjects({ type }: Field): boolean {
  return isListType(getNullableType(type)) && isCompositeType(getNamedType(type));
}

/** Whether a field has to say what it costs: it has a resolver or an access rule of its own, is a list of objects, or a connection. */
function mustState(field: Field): boolean {
  const hasRule = field.extensions.access !== undefined;
  return hasRule || isListOfObjects(field) || isConnection(getNullableType(field.type));
}

/** Has a field wait for a turn of its own before it reads. */
function waitForTurn(field: Field): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = async (...args) => {
    await takeTurn();
    return resolve(...args);
  };
}

/** What a field costs as it says itself; of what is paid for elsewhere, what is selected of it. @throws where it says nothing, and must */
function statedCost(type: GraphQLObjectType, field: Field, isMutation: boolean): Cost | undefined {
  const stated = field.extensions.complexity as Cost | undefined;
  if (stated !== undefined) return stated;
  // A mutation has budgets of its own for its work; entries are counted by the field that has the connection.
  if (isMutation || isConnection(type)) return ENTRIES;
  if (mustState(field)) throw new Error(`${type.name}.${field.name} does not say what it costs: give it a complexity`);
  return undefined;
}

function stateCost(type: GraphQLObjectType, field: Field, isMutation: boolean): void {
  const complexity = statedCost(type, field, isMutation);
  if (complexity === undefined) return;
  field.extensions = { ...field.extensions, complexity };
  if (complexity({ args: {}, childComplexity: 0 }) >= WAITS_FROM) waitForTurn(field);
}

/**
 * Sees to it that every field says what it costs, and that fields that cost much wait for their turn.
 * @throws where a field with a resolver, a list of objects or a connection says nothing
 */
export function stateCosts(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) stateCost(type, field, type === mutation);
  }
  return schema;
}
