import { destination, pino, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';

/** Makes what writes log lines: JSON, to standard error unless told otherwise. */
export function createLogger(level: LevelWithSilent, to?: DestinationStream): Logger {
  return pino({ level, base: null }, to ?? destination({ dest: 2, sync: true }));
}
