// Keep this file in old syntax: an unsupported Node must be able to parse it. The oldest that can is Node 12.17, and 12.20
// once it is bundled.

/**
 * The first minor version that is supported of each line of Node, as `engines` of package.json says.
 * @type {Readonly<Record<number, number>>}
 */
const FIRST = { 20: 19, 22: 16 };
const EVERY_LINE_FROM = 24;

/**
 * Why a Node is refused; null if the service supports it.
 * @param {string} version as `process.versions.node` has it
 * @returns {string | null}
 */
export function refusalOfNode(version) {
  const [line = 0, minor = 0] = version.split('.').map(Number);
  const first = FIRST[line];
  if (line >= EVERY_LINE_FROM || (first !== undefined && minor >= first)) return null;
  return `Node ${version} is not supported. Use Node 20 (20.19 or newer), Node 22 (22.16 or newer), or Node 24 or newer.`;
}

/** Ends the process, with a sentence and exit code 1, on a Node that is not supported. */
export function refuseOtherNodes() {
  const refusal = refusalOfNode(process.versions.node);
  if (refusal === null) return;
  console.error(refusal);
  process.exit(1);
}
