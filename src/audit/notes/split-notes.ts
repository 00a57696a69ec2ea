import { TORN } from './note-file.js';

const SIGNATURE = '\u2014 ';

/**
 * The signed notes of a text that has one behind another, as a file of kept checkpoints does, with or without empty lines in
 * between. A note ends where its signature lines do. What is no note is given back as one, and is refused when it is opened.
 * Notes whose text has a line like a signature behind an empty one cannot be told apart; checkpoints have no empty lines.
 */
export function splitNotes(text: string): readonly string[] {
  const notes: string[] = [];
  let lines: string[] = [];
  const close = (): void => {
    if (lines.length > 0) notes.push(`${lines.join('\n')}\n`);
    lines = [];
  };
  const isSigned = (): boolean => lines.at(-1)?.startsWith(SIGNATURE) === true && lines.includes('');
  for (const line of text.split('\n')) {
    if (line === TORN) {
      // What was torn off in the middle, and closed so that others could follow.
      lines = [];
      continue;
    }
    if (isSigned() && !line.startsWith(SIGNATURE)) close();
    if (line !== '' || lines.length > 0) lines.push(line);
  }
  while (lines.at(-1) === '') lines.pop();
  close();
  return notes;
}
