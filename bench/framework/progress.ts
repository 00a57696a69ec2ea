/** Shows what is being done on one line of standard error, which the next text takes the place of; whole lines elsewhere. */
export function createProgress(): { readonly show: (text: string) => void; readonly clear: () => void } {
  const { stderr } = process;
  const start = performance.now();
  const seconds = () => `${Math.round((performance.now() - start) / 1_000)} s`.padStart(6);
  let last = '';
  return {
    show(text) {
      if (stderr.isTTY) {
        stderr.write(`\r\u001b[K${seconds()}  ${text}`.slice(0, (stderr.columns || 120) + 3));
        return;
      }
      // In a file a bar does not move: its task is named once.
      const task = text.replace(/ \[[#-]+\].*$/, '');
      if (task !== last) stderr.write(`${seconds()}  ${task}\n`);
      last = task;
    },
    clear() {
      if (stderr.isTTY) stderr.write('\r\u001b[K');
    },
  };
}

/** How much of something is done, as a bar: `[#####-----] 50 %`. */
export function bar(done: number, all: number): string {
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const width = 24;
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${Math.round(share * 100)} %`;
}
