import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/eventstore/event-store.js';
import type { Client } from '../support/client.js';
import { primary } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { eventually } from '../support/eventually.js';

/** What comes of reading the log for an export. */
let reading: () => Promise<void> = async () => undefined;
let service: TestService;
let client: Client;

function troubled(store: EventStore): EventStore {
  return {
    append: (...args) => store.append(...args),
    readStream: (...args) => store.readStream(...args),
    async readAll(options) {
      await reading();
      return store.readAll(options);
    },
    subscribe: (...args) => store.subscribe(...args),
    head: () => store.head(),
    close: () => store.close(),
  };
}

function take(signal?: AbortSignal, who = client): Promise<Response> {
  const headers = { authorization: `Bearer ${who.token ?? ''}` };
  return fetch(new URL('/audit/export', service.url), { headers, ...(signal && { signal }) });
}

/** An export that has begun. */
async function begun(signal?: AbortSignal): Promise<Response> {
  const response = await take(signal);
  if (response.status !== 200) throw new Error(await response.text());
  return response;
}

/** Reads of the log that never come to an end; how many there are, and how to let them go on. */
function hold() {
  let [held, isLetGo] = [0, false];
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    letGo = () => {
      isLetGo = true;
      resolve();
    };
  });
  reading = () => {
    if (!isLetGo) held += 1;
    return released;
  };
  return { held: () => held, letGo: () => letGo() };
}

beforeAll(async () => {
  service = await startService({}, { wrapStore: troubled });
  ({ client } = await primary(service, 'BEARER'));
});

afterAll(async () => {
  await service.dispose();
});

describe('An export that is being written', () => {
  it('breaks off where the log cannot be read on, and does not end as if it were whole', async () => {
    reading = async () => {
      throw new Error('the disk is gone');
    };
    const response = await take();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    // Nobody else would tell the operator: the answer had begun.
    await eventually(async () => expect(service.log.join('')).toContain('the disk is gone'));
  });

  it('lets whoever goes away go, and others have their place', async () => {
    const { held, letGo } = hold();
    for (let count = 0; count < 10; count += 1) {
      const abort = new AbortController();
      const response = await eventually(() => begun(abort.signal));
      await eventually(async () => expect(held()).toBe(count + 1));
      abort.abort();
      await expect(response.text()).rejects.toThrow();
    }
    letGo();
    reading = async () => undefined;
    expect(await (await eventually(() => begun())).text()).toContain('AuditTrailExported');
  });

  it('is one of two of its account, also of ten at once, and leaves room for others', async () => {
    const { client: other } = await primary(service, 'BEARER');
    const { letGo } = hold();
    const responses = await Promise.all(Array.from({ length: 10 }, () => take()));
    const [taken, refused] = [200, 429].map((status) => responses.filter((one) => one.status === status));
    expect([taken?.length, refused?.length]).toStrictEqual([2, 8]);
    for (const one of refused ?? [])
      expect(await one.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    const ofAnother = await take(undefined, other);
    expect(ofAnother.status).toBe(200);
    reading = async () => undefined;
    letGo();
    for (const one of [...(taken ?? []), ofAnother]) expect(await one.text()).toContain('AuditTrailExported');
  });

  it('ends with the service, at once', async () => {
    hold();
    const response = await eventually(() => begun());
    const text = response.text();
    text.catch(() => undefined);
    await service.stop();
    await expect(text).rejects.toThrow();
  });
});
