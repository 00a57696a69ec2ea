import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { PRODUCTION, startService, type TestService } from '../support/service.js';

/** Audits that are answered with a notice on purpose: GraphQL is asked by POST alone. */
const NOTICES = ['5A70', '6A70', 'D6D5'];

/** Audits that ask for `__type` to see variables arrive: in production nothing tells about the schema. */
const INTROSPECTING = ['28B9', '2EA1'];

const audits = serverAudits({ url: () => url, fetchFn: fetch });

const services: Record<string, TestService> = {};
let url = '';

beforeAll(async () => {
  services.development = await startService();
  services.production = await startService(PRODUCTION);
});

afterAll(async () => {
  for (const service of Object.values(services)) await service.dispose();
});

it.each([
  ['development', [] as string[]],
  ['production', INTROSPECTING],
])('passes the audits of GraphQL over HTTP in %s, but for %j', async (environment, introspecting) => {
  url = services[environment]?.url ?? '';
  const results = [];
  for (const audit of audits) results.push({ id: audit.id, name: audit.name, result: await audit.fn() });
  const failed = results.flatMap(({ id, name, result }) =>
    result.status === 'error' || result.status === 'warn' ? [{ id, name, reason: result.reason }] : [],
  );
  expect(failed.filter(({ id }) => !introspecting.includes(id))).toStrictEqual([]);
  expect(failed.map(({ id }) => id).sort()).toStrictEqual(introspecting);
  const notices = results.filter(({ result }) => result.status === 'notice').map(({ id }) => id);
  expect(notices.sort()).toStrictEqual(NOTICES);
  expect(results.length).toBeGreaterThanOrEqual(61);
});
