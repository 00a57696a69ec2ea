import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedInputType,
  type GraphQLSchema,
} from 'graphql';
import { badInput } from './cursor.js';
import { checkList } from './list-limits.js';

/** What any text of a client has at most. Rules of the domain are narrower, and tell people what to do. */
const LONGEST_TEXT = 1_024;

/** What texts of some input fields have at most. */
const OTHERWISE: Readonly<Record<string, number>> = {
  // No name that is searched is longer.
  'UserFilter.search': 128,
  'AuditEventFilter.search': 128,
  // A signed JWT.
  'RedeemVerificationGrantInput.grant': 4_096,
};

/** Checks a value at a path of the arguments. @throws {GraphQLError} `BAD_USER_INPUT` where a text or a list is too long */
type Check = (value: unknown, path: string) => void;

function checkText(most: number): Check {
  return (value, path) => {
    if (typeof value !== 'string' || value.length <= most) return;
    throw badInput(`\`${path}\` has ${value.length} characters. Send at most ${most}.`);
  };
}

function checkOf({ type }: GraphQLArgument | GraphQLInputField, most: number): Check | null {
  const check = checkOfOne(getNamedType(type), most);
  if (check !== null) return inEach(check);
  return isListType(getNullableType(type)) ? inEach(() => undefined) : null;
}

/** The check of a value where no list is given; null where nothing has to be checked. */
function checkOfOne(named: GraphQLNamedInputType, most: number): Check | null {
  if (named.name === 'String' || named.name === 'ID') return checkText(most);
  if (!isInputObjectType(named)) return null;
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const check = checkOf(field, OTHERWISE[`${named.name}.${field.name}`] ?? LONGEST_TEXT);
    return check === null ? [] : [[field.name, check] as const];
  });
  return fields.length === 0 ? null : checkFields(fields);
}

function checkFields(fields: readonly (readonly [name: string, check: Check])[]): Check {
  return (value, path) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, check] of fields) check((value as Record<string, unknown>)[name], `${path}.${name}`);
  };
}

/** A check of a list and of each of its entries where a list is given. */
function inEach(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) {
      check(value, path);
      return;
    }
    checkList(value, path);
    for (const [index, entry] of value.entries()) check(entry, `${path}.${index}`);
  };
}

type Arguments = Readonly<Record<string, unknown>>;

function boundField(field: GraphQLField<unknown, unknown>): void {
  const checks = field.args.flatMap((argument) => {
    const check = checkOf(argument, LONGEST_TEXT);
    return check === null ? [] : [[argument.name, check] as const];
  });
  if (checks.length === 0) return;
  const checkArguments = (args: Arguments): void => {
    for (const [name, check] of checks) check(args[name], name);
  };
  field.extensions = { ...field.extensions, checkTexts: checkArguments };
  const { resolve = defaultFieldResolver, subscribe } = field;
  field.resolve = (source, args: Arguments, ...rest) => {
    checkArguments(args);
    return resolve(source, args, ...rest);
  };
  if (subscribe === undefined) return;
  field.subscribe = (source, args: Arguments, ...rest) => {
    checkArguments(args);
    return subscribe(source, args, ...rest);
  };
}

/** Bounds every text and every list in every argument, so that no search, comparison or digest works on more. */
export function boundTexts(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type)) for (const field of Object.values(type.getFields())) boundField(field);
  }
  return schema;
}
