import { inField, type Check } from '../check.js';
import { startField } from '../field.js';

/** `kill -9` in the middle of load, over and over. */
export const killed: Check = async (options) =>
  inField({ field: await startField() }, options, async ({ field: { node }, random }, load) => {
    for (let time = 1; time <= options.times; time += 1) {
      await load.acknowledged(20 + random.below(20));
      options.progress(`kill -9, ${time} of ${options.times}`);
      await node.kill();
      await node.start();
    }
    await load.acknowledged(10);
    return { kills: options.times };
  });
