/** Whether a text can be in a note: valid UTF-8 once encoded, and no control character below U+0020 but newline. */
export function isNoteText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- Control characters are what it looks for.
  return !/[\u0000-\u0009\u000b-\u001f]|\p{Cs}/u.test(text);
}

/** Whether a text can be a key's name: not empty, without spaces of any script and without plus signs. */
export function isKeyName(name: string): boolean {
  return isNoteText(name) && /^[^\p{White_Space}+]+$/u.test(name);
}
