import canonicalizeModule from 'canonicalize';

// The package's types say `default` where Node's interop gives the function itself.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** The canonical JSON of a value (RFC 8785): one text for equal values, whatever the order of their keys. */
export function canonicalJson(value: Readonly<Record<string, unknown>>): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('only JSON has a canonical form');
  return text;
}
