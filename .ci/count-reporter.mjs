import { writeFileSync } from 'node:fs';

/**
 * Keeps the counts of a Jest run in a file as `passed failed`, rewritten after each test file, so that a run that is
 * cut short has still counted what it did. A test file that could not run counts as one failure.
 */
export default class CountReporter {
  #passed = 0;
  #failed = 0;
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
   * @param {{ numPassingTests: number, numFailingTests: number, testExecError?: unknown }} result
   */
  onTestResult(_test, result) {
    const brokenFile = Boolean(result.testExecError) && result.numFailingTests === 0;
    this.#passed += result.numPassingTests;
    this.#failed += result.numFailingTests + (brokenFile ? 1 : 0);
    writeFileSync(this.#file, `${String(this.#passed)} ${String(this.#failed)}\n`);
  }
}
