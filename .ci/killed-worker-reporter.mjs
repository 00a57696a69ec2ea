/** How Jest words it: it prints this on the console, tells no reporter, and goes on to succeed. */
const KILLED = 'A worker process has failed to exit gracefully';

/** Fails a run in which Jest had to kill a worker: a test, or the code that it tests, has left something open. */
export default class KilledWorkerReporter {
  #killed = false;
  #print = console.error;

  onRunStart() {
    this.#print = console.error;
    console.error = (/** @type {unknown[]} */ ...words) => {
      this.#killed ||= String(words[0]).includes(KILLED);
      this.#print.apply(console, words);
    };
  }

  onRunComplete() {
    console.error = this.#print;
    if (this.#killed)
      console.error('This run fails, because Jest had to kill a worker. Close what the tests leave open.');
  }

  /** Whatever this returns fails the run; Jest does not print it. */
  getLastError() {
    return this.#killed ? new Error(KILLED) : undefined;
  }
}
