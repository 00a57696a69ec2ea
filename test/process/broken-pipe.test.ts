import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { primary } from '../support/people.js';
import { startProcess, temporaryFolder } from '../support/process.js';
import { startService } from '../support/service.js';

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => folder.remove());

/** Runs a command whose output nobody reads; answers with its exit code and what it says about it. */
async function unread(args: string[], environment = {}) {
  const command = startProcess({ DATA_DIR: folder.path, ...environment }, args);
  command.child.stdout.destroy();
  const [code] = await once(command.child, 'exit');
  return { code: code as number, said: command.err() };
}

const SAID = /^The output could not be written \(EPIPE\): nobody reads it\. Run the command again\.\n$/;

it.each([[['keys', 'generate']], [['audit', 'keys', 'generate']], [['grants', 'keys', 'generate']]])(
  'a command whose output nobody reads says so in a sentence: %j',
  async (args) => {
    expect(await unread(args)).toStrictEqual({ code: 1, said: expect.stringMatching(SAID) });
  },
);

it('an export whose reader goes away breaks off, and says so in a sentence', async () => {
  const service = await startService();
  try {
    const { account } = await primary(service);
    await service.stop();
    const args = ['audit', 'export', '--account', account.accountId];
    const { code, said } = await unread(args, { DATA_DIR: service.folder });
    expect({ code, said: said.split('\n').slice(-2).join('\n') }).toStrictEqual({
      code: 1,
      said: expect.stringMatching(SAID),
    });
  } finally {
    await service.dispose();
  }
});
