import { parseNote } from './signed-note.js';

/** The line that ends what was torn off, so that no reader takes it for a note, or the rest for signatures. */
export const TORN = '(torn)';
const SIGNATURE = '\u2014 ';
const ED25519_BYTES = 64;

/** A note as it stands in a file of notes: an empty line ends it. */
export function noteInFile(note: string): string {
  return `${note}\n`;
}

/** Takes notes out of a file that has one behind another, as its text comes in. */
export interface NoteSplitter {
  /** The notes that end in this part of the text. */
  push(part: string): readonly string[];
  /** What came after the last empty line: nothing, or a note that has not come to its end. */
  rest(): string;
}

/** Whether a block of lines is the signatures of the block before it. */
function isSignatures(block: string): boolean {
  return block.startsWith(SIGNATURE) && !block.endsWith(TORN);
}

/**
 * Splits a file of notes, whose texts have no empty lines. Empty lines part it into blocks; one that begins like a signature
 * is the signatures of the block before it. What was torn off is no note, and left out.
 */
export function createNoteSplitter(): NoteSplitter {
  let rest = '';
  let text: string | null = null;
  return {
    push(part) {
      const notes: string[] = [];
      const blocks = (rest + part).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        if (text !== null && isSignatures(block)) notes.push(`${text}\n\n${block}\n`);
        text = isSignatures(block) ? null : block;
      }
      return notes;
    },
    rest: () => (text === null || rest === '' ? rest : `${text}\n\n${rest}`),
  };
}

/** What has to be written behind the rest of a file so that notes can follow it. */
export function closingOf(rest: string): string {
  if (rest === '') return '';
  const { signatures = [] } = parseNote(rest) ?? {};
  const isWhole = signatures.length > 0 && signatures.every(({ signature }) => signature.length === ED25519_BYTES);
  if (isWhole) return '\n';
  return `${rest.endsWith('\n') ? '' : '\n'}${TORN}\n\n`;
}
