import type { Output } from './terminal.js';

/** Shows how far long work has come. */
export interface Progress {
  /** @param done the share that is done, from 0 to 1; null where that cannot be told @param detail what else is known */
  show(done: number | null, detail: string): void;
  /** Takes away what was shown. */
  clear(): void;
}

const WIDTH = 30;
const CLEAR_LINE = '\r\u001b[K';

function barOf(done: number): string {
  const share = Math.min(1, Math.max(0, done));
  const filled = Math.round(share * WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** A bar on a terminal; where there is none, nothing is shown. */
export function openProgress(output: Output): Progress {
  if (output.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  let last = '';
  return {
    show(done, detail) {
      const line = `${done === null ? '' : `${barOf(done)}  `}${detail}`;
      if (line === last) return;
      last = line;
      output.write(`${CLEAR_LINE}${line}`);
    },
    clear() {
      output.write(CLEAR_LINE);
    },
  };
}
