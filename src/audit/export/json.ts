import { canonicalJson } from '../../canonical/canonical-json.js';

/** What JSON may have where an object is expected. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value that was read as JSON is an object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value that was read as JSON is a list of texts. */
export function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The object that a text is JSON of; null where it is none. */
export function objectFrom(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The canonical JSON of what was read; null where it has none: numbers such as 1e999, nesting without end. */
export function canonicalOf(value: Json): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}
