import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DRIVER, loadDrivers, NODE_DRIVER, PACKAGED_DRIVER } from '../../src/sqlite/driver.js';

const MODULE = new URL('../../src/sqlite/driver.ts', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Loads the driver, as a process of its own; warns of something, and prints which driver it is and whether the package is loaded. */
const PROGRAM = `
  const { DRIVER } = await import(${JSON.stringify(MODULE)});
  process.emitWarning('a warning of somebody else', 'ExperimentalWarning');
  process.report.excludeNetwork = true;
  const loaded = process.report.getReport().sharedObjects.some((path) => path.includes('photostructure'));
  console.log(JSON.stringify([DRIVER.name, loaded]));`;

function load(...flags: readonly string[]): { readonly choice: unknown; readonly warnings: string } {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '--import', 'tsx', '--input-type=module', '-e', PROGRAM],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { choice: JSON.parse(stdout), warnings: stderr };
}

it('is that of Node where there is one, and only else the package is loaded', () => {
  expect(load().choice).toEqual([DRIVER.name, DRIVER.name === PACKAGED_DRIVER]);
  expect(DRIVER.name).toBe(process.version.startsWith('v20.') ? PACKAGED_DRIVER : NODE_DRIVER);
});

it('is the package where that of Node is switched off', () => {
  const flags = DRIVER.name === NODE_DRIVER ? ['--no-experimental-sqlite'] : [];
  expect(load(...flags).choice).toEqual([PACKAGED_DRIVER, true]);
});

it('is loaded without a warning that it is experimental, and other warnings are printed', () => {
  const { warnings } = load();
  expect(warnings).toContain('a warning of somebody else');
  expect(warnings).not.toContain('SQLite');
});

it('is each that works on this Node, the driver of the process first', () => {
  const names = loadDrivers().map(({ name }) => name);
  expect(names).toEqual(DRIVER.name === NODE_DRIVER ? [NODE_DRIVER, PACKAGED_DRIVER] : [PACKAGED_DRIVER]);
});
