import { startDoubleProcess, type DoubleProcess } from '../eventstoredb/process.js';

/** The process that a cluster's log is in. */
export interface LogProcess {
  /** Where nodes reach it, also after it was killed and started again. */
  readonly url: string;
  /** Kills it as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it again, at the same address and with what it had acknowledged. */
  restart(): Promise<void>;
  /** Has it neither read nor write, with its connections open. */
  freeze(): void;
  /** Lets it go on. */
  thaw(): void;
}

/** Starts a double of EventStoreDB that keeps its log in a file. */
export async function startLogProcess(file: string): Promise<LogProcess> {
  let running: DoubleProcess = await startDoubleProcess({ file });
  const { url, port } = running;
  return {
    url,
    kill: () => running.kill(),
    freeze: () => running.stop(),
    thaw: () => running.cont(),
    async restart() {
      running = await startDoubleProcess({ file, port });
    },
  };
}
