/**
 * As much of curl as the pages of `docs/` use: `-s -H HEADER -d DATA -o FILE URL`, where DATA may be `@-` for standard input. It stands in for it, so
 * that the tests need nothing but Node.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { type: 'boolean', short: 's' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
    output: { type: 'string', short: 'o' },
  },
});
const headers = Object.fromEntries(
  (values.header ?? []).map((header) => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon), header.slice(colon + 1).trim()];
  }),
);
const body = values.data === '@-' ? readFileSync(0) : values.data;
const answer = await fetch(positionals[0] ?? '', { headers, ...(body !== undefined && { method: 'POST', body }) });
const bytes = Buffer.from(await answer.arrayBuffer());
if (values.output === undefined) process.stdout.write(bytes);
else writeFileSync(values.output, bytes);
