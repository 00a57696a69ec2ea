import { DRIVER, NODE_DRIVER } from '../../src/sqlite/driver.js';

/** A Node on which a test runs a process. */
export interface NodeToTest {
  readonly name: string;
  /** Its executable. */
  readonly path: string;
  readonly flags: readonly string[];
}

/** The Node that runs the tests, with its driver of SQLite. */
export const THIS_NODE: NodeToTest = { name: `this Node by ${DRIVER.name}`, path: process.execPath, flags: [] };

/**
 * Another Node: the one whose executable `OTHER_NODE` names. Without it, this Node with the other driver, if it has two; on
 * Node 20, which has one, this Node as it is.
 */
export function otherNode(): NodeToTest {
  const path = process.env.OTHER_NODE;
  if (path !== undefined && path !== '') return { name: 'the Node in OTHER_NODE', path, flags: [] };
  const flags = DRIVER.name === NODE_DRIVER ? ['--no-experimental-sqlite'] : [];
  return { name: 'this Node by its other driver', path: process.execPath, flags };
}

/** Every driver that there is to test. */
export function nodesToTest(): readonly NodeToTest[] {
  return [THIS_NODE, otherNode()];
}
