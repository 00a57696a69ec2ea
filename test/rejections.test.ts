import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { REJECTION_CODES } from '../src/domain/rejection.js';

const FOLDER = new URL('./', import.meta.url);
const THIS_FILE = fileURLToPath(import.meta.url).slice(fileURLToPath(FOLDER).length);

const tests = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && file !== THIS_FILE && !file.startsWith('fixtures/'))
  .map((file) => readFileSync(new URL(file, FOLDER), 'utf8'))
  .join('\n');

describe('A rejection that nothing tests may mean anything', () => {
  it.each(Object.keys(REJECTION_CODES))('but %s stands in a test', (code) => {
    expect(new RegExp(`(['"\`])${code}\\1`).test(tests)).toBe(true);
  });

  it.each(Object.entries(REJECTION_CODES))('and of %s one is told what it means and what to do', (_, meaning) => {
    expect(meaning).toMatch(/^[A-Z].{10,}/);
  });
});
