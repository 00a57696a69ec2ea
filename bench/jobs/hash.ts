import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';

export interface HashParams {
  readonly milliseconds: number;
}

// The parameters of src/application/password-hasher.ts.
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Comparing passwords and nothing else, as many at a time as the service does; how many a second. */
export async function hashAlone({ milliseconds }: HashParams): Promise<{ readonly perSecond: number }> {
  const encoded = await hash('a password', PARAMETERS);
  const from = performance.now();
  let count = 0;
  const worker = async () => {
    while (performance.now() - from < milliseconds) {
      await verify(encoded, 'a password');
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return { perSecond: count / ((performance.now() - from) / 1_000) };
}
