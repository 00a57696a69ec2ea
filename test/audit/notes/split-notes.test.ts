import { describe, expect, it } from '@jest/globals';
import { splitNotes } from '../../../src/audit/notes/split-notes.js';
import { signNote } from '../../../src/audit/notes/signed-note.js';
import { closingOf, createNoteSplitter, noteInFile } from '../../../src/audit/notes/note-file.js';
import { keyOf } from './given.js';

const notes = [1, 2, 3].map((size) => signNote(`log\n${size}\nroot\n`, [keyOf('one'), keyOf('two')]));

describe('A file of notes', () => {
  it.each(['', '\n', '\n\n'])('is taken apart where the signatures of each end, with %j in between', (between) => {
    expect(splitNotes(notes.join(between))).toEqual(notes);
    expect(splitNotes(`${notes.join(between)}\n\n`)).toEqual(notes);
  });

  it('has no notes where it is empty', () => {
    expect(splitNotes('\n\n')).toEqual([]);
  });

  it('leaves out what was torn off, as the file of checkpoints has it', () => {
    const [one = '', two = ''] = notes;
    for (let end = 1; end < one.length - 1; end += 7) {
      const torn = one.slice(0, end);
      const file = `${noteInFile(two)}${torn}${closingOf(torn)}${noteInFile(two)}`;
      expect(splitNotes(file)).toEqual([two, two]);
      expect(createNoteSplitter().push(file)).toEqual([two, two]);
    }
  });

  it('gives back what is no note, to be refused', () => {
    expect(splitNotes('no note\n')).toEqual(['no note\n']);
    expect(splitNotes(`${notes[0] ?? ''}no note\n`)).toEqual([notes[0], 'no note\n']);
  });
});
