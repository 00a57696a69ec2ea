import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusalOfNode } from '../../src/supported-node.mjs';
import { programOf } from '../support/programs.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it.each(['20.19.0', '20.20.2', '22.16.0', '22.23.3', '24.0.0', '24.21.0', '25.0.0', '26.10.0', '30.1.2'])(
  'Node %s is supported',
  (version) => {
    expect(refusalOfNode(version)).toBeNull();
  },
);

it.each(['16.20.2', '18.20.8', '20.18.3', '21.7.3', '22.15.1', '23.11.1'])('Node %s is refused', (version) => {
  expect(refusalOfNode(version)).toBe(
    `Node ${version} is not supported. Use Node 20 (20.19 or newer), Node 22 (22.16 or newer), or Node 24 or newer.`,
  );
});

it('package.json names the same versions', () => {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ engines: { node: '^20.19 || ^22.16 || >=24' } });
});

/** Makes this Node say that it is another one. */
const AS_NODE_23 = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '23.11.1' } })`;

it.each([
  ['the service', programOf('main')],
  ['the build, with which `npm start` begins', [join(ROOT, 'scripts/build.mjs')]],
])('on another Node %s ends with one sentence and exit code 1', (_, program) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', AS_NODE_23, ...program], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `${refusalOfNode('23.11.1')}\n` });
});
