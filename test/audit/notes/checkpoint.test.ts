import { describe, expect, it } from '@jest/globals';
import { EMPTY_ROOT, leafHash } from '../../../src/audit/merkle/hashing.js';
import {
  checkpointText,
  claimOf,
  openCheckpoint,
  parseCheckpointText,
  signCheckpoint,
  type Checkpoint,
} from '../../../src/audit/notes/checkpoint.js';
import { parseVerifierKey } from '../../../src/audit/notes/keys.js';
import { openNote, signNote } from '../../../src/audit/notes/signed-note.js';
import { keyOf } from './given.js';

const key = keyOf('mfa.example/audit');
const root = leafHash('root');
const ROOT = Buffer.from(root).toString('base64');
const checkpoint: Checkpoint = { origin: 'mfa.example/audit/acme', size: 42, root, extensions: [] };

describe('The text of a checkpoint', () => {
  it('is origin, size and root, a line each', () => {
    expect(checkpointText(checkpoint)).toBe(`mfa.example/audit/acme\n42\n${ROOT}\n`);
  });

  it('is that of golang.org/x/mod/sumdb/tlog', () => {
    // tlog/note_test.go at 774e778: `RecordHash` is the hash of a leaf.
    const text = 'go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n';
    const tree = { origin: 'go.sum database tree', size: 123456789012, root: leafHash('hello world'), extensions: [] };
    expect(checkpointText(tree)).toBe(text);
    expect(parseCheckpointText(text)).toEqual(tree);
  });

  it('keeps further lines as they are', () => {
    const extended = { ...checkpoint, extensions: ['time 2026', '— no signature'] };
    expect(parseCheckpointText(checkpointText(extended))).toEqual(extended);
  });

  it('of a tree without leaves has the size 0 and the empty root', () => {
    const empty = { ...checkpoint, size: 0, root: EMPTY_ROOT };
    expect(parseCheckpointText(checkpointText(empty))).toEqual(empty);
    expect(parseCheckpointText(checkpointText({ ...empty, root }))).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['one line', 'origin\n'],
    ['two lines', 'origin\n42\n'],
    ['no newline at the end', `origin\n42\n${ROOT}`],
    ['an empty origin', `\n42\n${ROOT}\n`],
    ['an empty further line', `origin\n42\n${ROOT}\n\n`],
    ['a leading zero', `origin\n042\n${ROOT}\n`],
    ['two zeros', `origin\n00\n${ROOT}\n`],
    ['a negative size', `origin\n-1\n${ROOT}\n`],
    ['a hexadecimal size', `origin\n0xabcdef\n${ROOT}\n`],
    ['a size with an exponent', `origin\n1e3\n${ROOT}\n`],
    ['a size with a space', `origin\n 42\n${ROOT}\n`],
    ['a size that cannot be held', `origin\n9007199254740993\n${ROOT}\n`],
    ['no size', `origin\n\n${ROOT}\n`],
    ['a short root', `origin\n42\n${ROOT.slice(4)}\n`],
    ['a long root', `origin\n42\nAAAA${ROOT}\n`],
    ['a root in base64url', `origin\n42\n${Buffer.alloc(32, 255).toString('base64url')}=\n`],
    ['an empty root', `origin\n42\n\n`],
  ])('is none with %s', (_, text) => {
    expect(parseCheckpointText(text)).toBeNull();
  });
});

describe('A signed checkpoint', () => {
  it('is a note that its key opens', () => {
    const signers = [{ name: key.name, id: key.id }];
    const note = signCheckpoint(checkpoint, [key]);
    expect(openCheckpoint(note, [key.verifier])).toEqual({ opened: true, checkpoint, signers });
    expect(openNote(note, [key.verifier])).toEqual({ opened: true, text: checkpointText(checkpoint), signers });
  });

  it('is refused as notes are', () => {
    const note = signCheckpoint(checkpoint, [key]);
    const refusalOf = (text: string, by = key) => openCheckpoint(text, [by.verifier]);
    expect(refusalOf(note, keyOf('other'))).toEqual({ opened: false, refusal: 'NO_KNOWN_SIGNATURE' });
    expect(refusalOf(note.replace('\n42\n', '\n41\n'))).toEqual({ opened: false, refusal: 'WRONG_SIGNATURE' });
    expect(refusalOf(note.slice(1))).toEqual({ opened: false, refusal: 'WRONG_SIGNATURE' });
    expect(refusalOf('')).toEqual({ opened: false, refusal: 'MALFORMED_NOTE' });
  });

  it('is none where a signed note says something else', () => {
    const note = signNote('only a note\n', [key]);
    expect(openCheckpoint(note, [key.verifier])).toEqual({ opened: false, refusal: 'MALFORMED_CHECKPOINT' });
    expect(claimOf(note)).toBeNull();
  });

  it('says what it is of, whoever signed it', () => {
    expect(claimOf(signCheckpoint(checkpoint, [keyOf('anybody')]))).toEqual(checkpoint);
    expect(claimOf('nothing')).toBeNull();
  });

  it.each([
    ['a line break in its origin', { origin: 'a\nb' }],
    ['an empty origin', { origin: '' }],
    ['a size of no tree', { size: -1 }],
    ['a short root', { root: root.subarray(1) }],
    ['an empty line', { extensions: [''] }],
    ['a line break in a further line', { extensions: ['a\nb'] }],
  ])('is not made with %s', (_, part) => {
    expect(() => signCheckpoint({ ...checkpoint, ...part }, [key])).toThrow(TypeError);
  });
});

describe('A checkpoint of the public Go checksum database', () => {
  const goKey = parseVerifierKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');
  const body = 'go.sum database tree\n65664258\nWVVNVD2qx+fTq31zkj6UAqxT5X6HvGphGM+o8Thnbsg=\n';
  const line =
    '— sum.golang.org Az3grligJmgX7KGyGPKybykNTh3VgsbLvUuvOwrM5zLVlulmFp2wdvbxOw74/gcNxURShXEpb7RXcs3+BYflYN+w0gQ=\n';

  it('is opened by the key that every Go command knows', () => {
    expect(openCheckpoint(`${body}\n${line}`, [goKey])).toMatchObject({
      opened: true,
      checkpoint: { origin: 'go.sum database tree', size: 65664258 },
      signers: [{ name: 'sum.golang.org', id: '033de0ae' }],
    });
  });

  it('stands behind the example of C2SP tlog-checkpoint, which has its signature under other names', () => {
    // tlog-checkpoint.md at 2793893. It is no vector that verifies as it stands: origin and key name were exchanged.
    const example =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
      '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';
    expect(claimOf(example)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
    expect(openCheckpoint(example, [goKey])).toEqual({ opened: false, refusal: 'NO_KNOWN_SIGNATURE' });
    const original = example
      .replace('example.com/behind-the-sofa', 'go.sum database tree')
      .replace('example.com/behind-the-sofa', 'sum.golang.org');
    expect(openCheckpoint(original, [goKey])).toMatchObject({ opened: true, checkpoint: { size: 20852163 } });
  });
});
