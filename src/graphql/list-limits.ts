import type { OperationDefinitionNode } from 'graphql';
import { badInput } from './cursor.js';

/** What any list of a client has at most. */
const LONGEST_LIST = 100;

/** What is wrong with a list at a path of what a client sent; null where it is short enough. */
function faultOf(list: readonly unknown[], path: string): string | null {
  if (list.length <= LONGEST_LIST) return null;
  return `\`${path}\` has ${list.length} entries. Send at most ${LONGEST_LIST}.`;
}

/** Checks a list in an argument. @throws {GraphQLError} `BAD_USER_INPUT` where it is too long */
export function checkList(list: readonly unknown[], path: string): void {
  const fault = faultOf(list, path);
  if (fault !== null) throw badInput(fault);
}

/** The parts of a list or an object. Entries of a list share its path, so that no path grows with how deep lists are nested. */
function partsOf(value: object, path: string): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.map((entry: unknown) => [path, entry]);
  return Object.entries(value).map(([name, inner]) => [`${path}.${name}`, inner]);
}

/**
 * What is wrong with the lists in the variables of an operation; null where all are short enough. For use before GraphQL looks at them: it works on each entry, and longest on
 * wrong ones. No recursion, since a client may nest values as deep as a request is large.
 */
export function listFaultIn(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): string | null {
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  const open = names.map((name): [path: string, value: unknown] => [name, variables[name]]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    if (typeof value !== 'object' || value === null) continue;
    const fault = Array.isArray(value) ? faultOf(value, path) : null;
    if (fault !== null) return fault;
    open.push(...partsOf(value, path));
  }
  return null;
}
