/**
 * A text as it is safely shown: what a terminal would obey, or what turns text around, is written as its escape. It may come from
 * somebody who wants to be believed.
 */
export function printable(text: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (hidden) => hidden.split('').map(escape).join(''));
}
