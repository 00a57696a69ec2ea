import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type Server } from '../../src/demo/server.js';

const LISTENING = `console.log('Virtual MFA listens on http://localhost:1/graphql'); setInterval(() => {}, 1000);`;

describe('the server of the demo', () => {
  let folder: string;
  let lost: Error[];
  let abort: AbortController;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-server-test-'));
    lost = [];
    abort = new AbortController();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function startWith(program: string): Promise<Server> {
    const script = join(folder, 'main.mjs');
    await writeFile(script, program);
    return startServer({ script, dataDir: folder, signal: abort.signal, onLost: (error) => void lost.push(error) });
  }

  it('says where it listens, and stops by SIGTERM', async () => {
    const server = await startWith(`process.on('SIGTERM', () => process.exit(0)); ${LISTENING}`);
    expect(server.url).toBe('http://localhost:1/graphql');
    await server.stop();
    await server.end();
    expect(lost).toEqual([]);
  });

  it('gets a free port, the data folder and no settings of the shell', async () => {
    process.env.KEY_RING_FILE = '/nowhere';
    const names = ['PORT', 'DATA_DIR', 'KEY_RING_FILE'];
    const shown = `console.error(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name])));`;
    const server = await startWith(shown + LISTENING);
    delete process.env.KEY_RING_FILE;
    await server.end();
    expect(JSON.parse(server.log())).toEqual(['0', folder, '']);
  });

  it('is a failure where it does not end with exit code 0', async () => {
    const server = await startWith(`process.on('SIGTERM', () => process.exit(3)); ${LISTENING}`);
    await expect(server.stop()).rejects.toThrow('ended with exit code 3, not exit code 0');
  });

  it('is a failure where it ends before it listens, with what it wrote', async () => {
    await expect(startWith(`console.error('DATA_DIR is odd'); process.exit(1);`)).rejects.toThrow(
      'The server did not start; it ended with exit code 1.\nDATA_DIR is odd',
    );
  });

  it('is reported where it ends by itself', async () => {
    const server = await startWith(`setTimeout(() => process.exit(4), 100); ${LISTENING}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lost).toEqual([new Error('The server ended by itself, with exit code 4.')]);
    await server.end();
  });

  it('ends where starting is given up', async () => {
    const starting = startWith('setInterval(() => {}, 1000);');
    setTimeout(() => abort.abort(new Error('given up')), 100);
    await expect(starting).rejects.toThrow('given up');
  });

  it('names the remedy where the service was not built', async () => {
    const options = { script: join(folder, 'main.js'), dataDir: folder, signal: abort.signal, onLost: () => {} };
    await expect(startServer(options)).rejects.toThrow('Build the service first: npm run build');
  });
});
