import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExportLine } from '../../src/audit/export/line.js';
import { parseHeader, type ExportHeader } from '../../src/audit/export/header.js';
import { EMPTY_FRONTIER, growTree } from '../../src/audit/merkle/frontier.js';
import { signCheckpoint } from '../../src/audit/notes/checkpoint.js';
import { SEED_BYTES, signingKeyOf, signingKeyText, type SigningKey } from '../../src/audit/notes/keys.js';
import { verifyExport, type VerifyExportOptions } from '../../src/cli/audit/verify-export.js';

const SEED = Buffer.alloc(SEED_BYTES, 1);

/** The key by which these tests sign, and the services that they start. */
export const KEY: SigningKey = signingKeyOf('localhost/audit', SEED);

/** What a service has to be told so that it signs by that key. */
export const KEYS = { AUDIT_KEYS: signingKeyText('localhost/audit', SEED) };

/** The lines of a native export. */
export function linesIn(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

/** What the first line of an export says. */
export function headerOf(lines: readonly string[]): ExportHeader {
  const header = parseHeader(lines[0] ?? '');
  if (typeof header === 'string') throw new Error(header);
  return header;
}

/** A checkpoint of a whole export at a size, as somebody would have kept it. */
export function keptAt(lines: readonly string[], size: number, key: SigningKey = KEY): string {
  const { origin } = headerOf(lines);
  const tree = growTree(EMPTY_FRONTIER);
  for (const line of lines.slice(1, size + 1)) {
    const exported = parseExportLine(line);
    if (exported === null) throw new Error(`not a line: ${line}`);
    tree.append(exported.hash);
  }
  return signCheckpoint({ origin, size, root: tree.root(), extensions: [] }, [key]);
}

/** A terminal that remembers what was written. */
export function silentTerminal() {
  let [out, err] = ['', ''];
  return {
    stdin: (async function* () {})(),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    out: () => out,
    err: () => err,
  };
}

/** Writes files into a folder, and verifies an export as the command line does; answers the exit code and what it said. */
export function verifierIn(folder: string) {
  let files = 0;
  function put(content: string | Uint8Array, ending = 'txt'): string {
    files += 1;
    const path = join(folder, `${files}.${ending}`);
    writeFileSync(path, content);
    return path;
  }
  return {
    put,
    async verify(
      content: readonly string[] | string | Uint8Array,
      kept: readonly string[],
      more: Partial<VerifyExportOptions> = {},
    ) {
      const isBytes = typeof content === 'string' || content instanceof Uint8Array;
      const file = put(isBytes ? content : content.map((line) => `${line}\n`).join(''));
      const terminal = silentTerminal();
      const options = { file, checkpoint: [put(kept.join('\n'))], key: [KEY.verifier.text], json: false, ...more };
      const code = await verifyExport(options, terminal);
      return { code, out: terminal.out() };
    },
  };
}
