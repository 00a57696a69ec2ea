import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSigningKey, parseVerifierKey } from '../../../src/audit/notes/keys.js';
import { cosignNote, openNote, parseNote, signNote } from '../../../src/audit/notes/signed-note.js';
import { keyOf } from './given.js';

// golang.org/x/mod/sumdb/note, note_test.go at 02c9913.
const PETER = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
const PETER_SIGNS = parseSigningKey('PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz');
const ENOCH = parseVerifierKey('EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop');
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const WRONG_LINE = `${PETER_LINE.slice(0, 60)}ABCD${PETER_LINE.slice(60)}`;

const peter = { name: 'PeterNeumann', id: 'c74f20a3' };
const enoch = { name: 'EnochRoot', id: 'af0cfe78' };

const opened = (signers: readonly object[]) => ({ opened: true, text: TEXT, signers });
const refused = (refusal: string) => ({ opened: false, refusal });

describe('A note of golang.org/x/mod/sumdb/note', () => {
  it('is signed to the byte', () => {
    expect(signNote(TEXT, [PETER_SIGNS])).toBe(`${TEXT}\n${PETER_LINE}`);
  });

  it.each([
    ['by the one of two keys that is known', `${PETER_LINE}${ENOCH_LINE}`, [PETER], [peter]],
    ['by both, where both are known', `${PETER_LINE}${ENOCH_LINE}`, [ENOCH, PETER], [peter, enoch]],
    ['once for a signature that stands twice', `${PETER_LINE}${PETER_LINE}${ENOCH_LINE}`, [PETER], [peter]],
    [
      'though a signature of an unknown key is wrong',
      `${PETER_LINE}${WRONG_LINE.replace('Neumann', 'Pan')}`,
      [PETER],
      [peter],
    ],
    ['though another key has the same name', `${PETER_LINE}${PETER_LINE.replace('x08g', 'xxxx')}`, [PETER], [peter]],
  ])('is opened %s', (_, lines, keys, signers) => {
    expect(openNote(`${TEXT}\n${lines}`, keys)).toEqual(opened(signers));
  });

  it.each([
    ['no key is known', PETER_LINE, [], 'NO_KNOWN_SIGNATURE'],
    ['no known key signed it', PETER_LINE, [ENOCH], 'NO_KNOWN_SIGNATURE'],
    ['the name is another’s', PETER_LINE.replace('PeterNeumann', 'CarmenSandiego'), [PETER], 'NO_KNOWN_SIGNATURE'],
    ['the id is another’s', PETER_LINE.replace('x08g', 'xxxx'), [PETER], 'NO_KNOWN_SIGNATURE'],
    ['the signature of a known key is wrong', WRONG_LINE, [PETER], 'WRONG_SIGNATURE'],
    ['one of two is wrong', `${ENOCH_LINE}${WRONG_LINE}`, [PETER, ENOCH], 'WRONG_SIGNATURE'],
    ['a second one of the same key is wrong', `${PETER_LINE}${WRONG_LINE}`, [PETER], 'WRONG_SIGNATURE'],
  ])('is refused where %s', (_, lines, keys, refusal) => {
    expect(openNote(`${TEXT}\n${lines}`, keys)).toEqual(refused(refusal));
  });

  it.each([
    ['nothing', ''],
    ['the text alone', TEXT],
    ['no signature', `${TEXT}\n`],
    ['no newline at the end', `${TEXT}\n${PETER_LINE}`.slice(0, -1)],
    ['no blank line', `${TEXT}${PETER_LINE}`],
    ['a control character', `\u0001${TEXT}\n${PETER_LINE}`],
    ['carriage returns', `${TEXT}\n${PETER_LINE}`.replaceAll('\n', '\r\n')],
    ['what is no UTF-8', `\ud800${TEXT}\n${PETER_LINE}`],
    ['a space in a name', `${TEXT}\n${PETER_LINE.replace('rN', 'r N')}`],
    ['a plus sign in a name', `${TEXT}\n${PETER_LINE.replace('rN', 'r+N')}`],
    ['a no-break space in a name', `${TEXT}\n${PETER_LINE.replace('rN', 'r\u00a0N')}`],
    ['no name', `${TEXT}\n${PETER_LINE.replace('PeterNeumann', '')}`],
    ['a line that is no signature', `${TEXT}\n${PETER_LINE}Unexpected line.\n`],
    ['a hyphen for the dash', `${TEXT}\n${PETER_LINE.replace('—', '-')}`],
    ['a third word in a line', `${TEXT}\n${PETER_LINE.replace('=\n', '= more\n')}`],
    ['what is no base64', `${TEXT}\n${PETER_LINE.replace('x08g', 'x0_g')}`],
    ['base64 without its padding', `${TEXT}\n${PETER_LINE.replace('=', '')}`],
    ['base64 with bits that nothing reads', `${TEXT}\n${PETER_LINE.replace('AM=', 'AN=')}`],
    ['an id without a signature', `${TEXT}\n— PeterNeumann ${Buffer.from('c74f20a3', 'hex').toString('base64')}\n`],
    ['more than a hundred signatures', `${TEXT}\n${PETER_LINE.repeat(101)}`],
    ['more than a million characters', `${'long\n'.repeat(200_000)}\n${PETER_LINE}`],
  ])('is malformed with %s', (_, note) => {
    expect(openNote(note, [PETER])).toEqual(refused('MALFORMED_NOTE'));
  });

  it('may have a hundred signatures', () => {
    expect(openNote(`${TEXT}\n${PETER_LINE.repeat(100)}`, [PETER])).toEqual(opened([peter]));
  });
});

describe('The example of C2SP signed-note', () => {
  // signed-note.md at 0552876; it is published without its key.
  const EXAMPLE =
    'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
    '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';

  it('ends its text at the last empty line', () => {
    expect(parseNote(EXAMPLE)).toMatchObject({
      text: 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n',
      signatures: [{ name: 'quasimodo.example/salvatore', id: '367ba04b' }],
    });
  });

  it('is refused by who does not know its key', () => {
    expect(openNote(EXAMPLE, [PETER])).toEqual(refused('NO_KNOWN_SIGNATURE'));
  });
});

describe('A signed note', () => {
  const key = keyOf('mfa.example/audit');
  const anyText = fc
    .array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/\p{Cc}/gu, '')))
    .map((lines) => lines.map((line) => `${line}\n`).join('') || '\n');

  it('gives back its text, whatever lines it has', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(openNote(signNote(text, [key]), [key.verifier])).toMatchObject({ opened: true, text });
      }),
    );
  });

  it('may have lines in its text that look like signatures, of which none counts', () => {
    const text = `${TEXT}\n${PETER_LINE}`;
    const note = signNote(text, [key]);
    expect(openNote(note, [key.verifier])).toMatchObject({ opened: true, text });
    expect(openNote(note, [PETER])).toEqual(refused('NO_KNOWN_SIGNATURE'));
  });

  it('is refused with any character of its text changed', () => {
    const note = signNote(TEXT, [key]);
    const changed = Array.from(TEXT.slice(0, -1)).map((_, at) => `${note.slice(0, at)}~${note.slice(at + 1)}`);
    expect(changed.filter((other) => openNote(other, [key.verifier]).opened)).toEqual([]);
  });

  it('is opened by whoever knows one of its keys', () => {
    const [one, other] = [keyOf('one'), keyOf('other')];
    const note = signNote(TEXT, [one, other]);
    for (const { verifier, name } of [one, other]) {
      expect(openNote(note, [verifier])).toMatchObject({ signers: [{ name }] });
    }
  });

  it('of an old key is opened while that key is in the set, also when a new one has the same name', () => {
    const [old, fresh] = [keyOf('mfa.example/audit', 1), keyOf('mfa.example/audit', 2)];
    const note = signNote(TEXT, [old]);
    expect(old.id).not.toBe(fresh.id);
    expect(openNote(note, [fresh.verifier, old.verifier])).toEqual(opened([{ name: old.name, id: old.id }]));
    expect(openNote(note, [fresh.verifier])).toEqual(refused('NO_KNOWN_SIGNATURE'));
  });

  it.each(['', 'no newline', 'tab\there\n', 'return\r\n', '\ud800\n'])('is not made of %j', (text) => {
    expect(() => signNote(text, [key])).toThrow(expect.objectContaining({ code: 'MALFORMED_TEXT' }));
  });
});

describe('A cosigned note', () => {
  it('has the signatures of before and the new one', () => {
    const witness = keyOf('witness.example');
    const note = cosignNote(`${TEXT}\n${PETER_LINE}${ENOCH_LINE}`, witness) ?? '';
    expect(note.startsWith(`${TEXT}\n${PETER_LINE}${ENOCH_LINE}`)).toBe(true);
    expect(openNote(note, [PETER, witness.verifier])).toEqual(opened([peter, { name: witness.name, id: witness.id }]));
  });

  it('has one signature of each key', () => {
    expect(cosignNote(`${TEXT}\n${WRONG_LINE}${ENOCH_LINE}`, PETER_SIGNS)).toBe(`${TEXT}\n${ENOCH_LINE}${PETER_LINE}`);
  });

  it('is not made of what is no note', () => {
    expect(cosignNote(TEXT, PETER_SIGNS)).toBeNull();
  });
});
