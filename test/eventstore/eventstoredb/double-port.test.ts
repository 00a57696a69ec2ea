import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { startDouble } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';

let other: Server;

beforeEach(async () => {
  other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
});

afterEach(async () => {
  other.close();
  await once(other, 'close');
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

test('no system hands out the port of a double to others while the double is stopped', async () => {
  const double = await startDouble();
  await double.close();
  // The ranges of Linux, macOS and Windows begin at 32768 and 49152.
  expect(portOf(other)).toBeGreaterThanOrEqual(32_768);
  expect(double.port).toBeLessThan(32_768);
});

test('a double whose port is taken fails to start and leaves no listener behind', async () => {
  const listeners = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  await eventually(async () => expect(listeners()).toBe(1));
  await expect(startDouble({ port: portOf(other) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await eventually(async () => expect(listeners()).toBe(1));
});
