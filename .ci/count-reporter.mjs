import { writeFileSync } from 'node:fs';

/**
 * Keeps the counts of a Jest run in a file as `passed failed skipped suites`. The file is rewritten after each test file, so
 * that a run that is cut short has still counted what it did. A test file that could not run counts as one failure.
 */
export default class CountReporter {
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  #suites = 0;
  #file;

  /**
   * @param {unknown} _globalConfig
   * @param {{ file: string }} options
   */
  constructor(_globalConfig, options) {
    this.#file = options.file;
  }

  /**
   * @param {unknown} _test
   * @param {{ numPassingTests: number, numFailingTests: number, numPendingTests: number, numTodoTests: number, testExecError?: unknown }} result
   */
  onTestResult(_test, result) {
    const brokenFile = Boolean(result.testExecError) && result.numFailingTests === 0;
    this.#passed += result.numPassingTests;
    this.#failed += result.numFailingTests + (brokenFile ? 1 : 0);
    this.#skipped += result.numPendingTests + result.numTodoTests;
    this.#suites += 1;
    writeFileSync(this.#file, `${[this.#passed, this.#failed, this.#skipped, this.#suites].join(' ')}\n`);
  }
}
