import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { claimOf, signCheckpoint } from '../../../src/audit/notes/checkpoint.js';
import { signingKeyOf } from '../../../src/audit/notes/keys.js';
import { closingOf, createNoteSplitter, noteInFile } from '../../../src/audit/notes/note-file.js';
import { cosignNote } from '../../../src/audit/notes/signed-note.js';

const key = signingKeyOf('mfa.example/audit', Buffer.alloc(32, 1));
const witness = signingKeyOf('witness.example', Buffer.alloc(32, 2));

const noteOf = (size: number): string =>
  signCheckpoint({ origin: 'mfa.example/audit/acme', size, root: Buffer.alloc(32, size), extensions: ['more'] }, [key]);

const NOTES = [noteOf(1), cosignNote(noteOf(2), witness) ?? '', noteOf(3)];
const FILE = NOTES.map(noteInFile).join('');

function split(...parts: readonly string[]): readonly string[] {
  const splitter = createNoteSplitter();
  return parts.flatMap((part) => splitter.push(part));
}

describe('A file of notes', () => {
  it('is split into the notes that were put in it, wherever it is cut while it is read', () => {
    expect(split(FILE)).toEqual(NOTES);
    for (let cut = 0; cut <= FILE.length; cut += 1) expect(split(FILE.slice(0, cut), FILE.slice(cut))).toEqual(NOTES);
    expect(split(...Array.from(FILE))).toEqual(NOTES);
  });

  it('is split by five lines that know nothing of notes', () => {
    const blocks = FILE.split('\n\n');
    const notes = blocks.flatMap((block, index) =>
      block.startsWith('\u2014 ') && !block.endsWith('(torn)') ? [`${blocks[index - 1]}\n\n${block}\n`] : [],
    );
    expect(notes).toEqual(NOTES);
  });

  it('ends cleanly, or in the part of a note that had come so far', () => {
    const splitter = createNoteSplitter();
    splitter.push(FILE);
    expect(splitter.rest()).toBe('');
    splitter.push(noteOf(4).slice(0, -10));
    expect(splitter.rest()).toBe(noteOf(4).slice(0, -10));
  });

  it('goes on after a note that was torn off anywhere, and no part of it passes for a note', () => {
    const torn = noteInFile(noteOf(4));
    for (let end = 0; end < torn.length; end += 1) {
      const splitter = createNoteSplitter();
      splitter.push(FILE + torn.slice(0, end));
      const closing = closingOf(splitter.rest());
      const notes = split(FILE + torn.slice(0, end) + closing + noteInFile(noteOf(5)));
      const whole = end === torn.length - 1 ? [noteOf(4)] : [];
      expect(notes).toEqual([...NOTES, ...whole, noteOf(5)]);
    }
  });

  it('may be torn again and again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ size: fc.nat(9), share: fc.double({ min: 0, max: 1, noNaN: true }) })),
        (tries) => {
          let file = '';
          const whole: string[] = [];
          for (const { size, share } of tries) {
            const splitter = createNoteSplitter();
            splitter.push(file);
            const text = noteInFile(noteOf(size + 1));
            const written = text.slice(0, Math.ceil(share * text.length));
            file += closingOf(splitter.rest()) + written;
            if (written.length >= text.length - 1) whole.push(noteOf(size + 1));
          }
          expect(split(`${file}\n`).filter((note) => claimOf(note) !== null)).toEqual(whole);
        },
      ),
      { numRuns: 50 },
    );
  });
});
