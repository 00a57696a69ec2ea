import type { Logger } from 'pino';
import { describeUnhandled } from './describe-unhandled.js';

export interface EndingOptions {
  readonly logger: Pick<Logger, 'fatal'>;
  /** Stops what runs, in order. */
  readonly stop: () => Promise<void>;
}

/** Ends the process in order. Of several exit codes the highest counts. */
export type EndProcess = (exitCode: number) => void;

/** Milliseconds that stopping may take. Supervisors often kill a process after ten seconds. */
const LONGEST_STOP = 9_500;

/** The one way to end the process: it stops what runs, and ends with 1 if that fails or takes too long. */
export function createEnding({ logger, stop }: EndingOptions): EndProcess {
  let code = 0;
  let ending = false;

  function giveUp(): void {
    logger.fatal('the service did not stop in time; the process ends now');
    process.exit(1);
  }

  return (exitCode) => {
    code = Math.max(code, exitCode);
    if (ending) return;
    ending = true;
    setTimeout(giveUp, LONGEST_STOP);
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        logger.fatal(describeUnhandled(error, 'stop'), 'the service did not stop in order');
        process.exit(1);
      },
    );
  };
}
