import { describe, expect, it } from '@jest/globals';
import { openCheckpoint, signCheckpoint } from '../../../src/audit/notes/checkpoint.js';
import { keyLines, parseKeyList, parseSigningKeys } from '../../../src/audit/notes/key-list.js';
import { signingKeyOf, signingKeyText } from '../../../src/audit/notes/keys.js';

const NAME = 'mfa.example/audit';
const [FIRST, SECOND] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const [first, second] = [signingKeyOf(NAME, FIRST), signingKeyOf(NAME, SECOND)];

function faultOf(text: string): string {
  try {
    parseSigningKeys(text, 'in a file');
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_AUDIT_KEYS' });
    return (error as Error).message;
  }
  return 'no fault';
}

describe('A list of audit keys', () => {
  it('has one key a line, and the last one that signs is the one that does', () => {
    const text = `# keys\r\n\n  ${signingKeyText(NAME, FIRST)}\r\n${signingKeyText(NAME, SECOND)}\n# ${first.verifier.text}`;
    const { signer, verifiers } = parseSigningKeys(text, 'here');
    expect(signer.id).toBe(second.id);
    expect(verifiers.map(({ text: verifier }) => verifier)).toEqual([first.verifier.text, second.verifier.text]);
  });

  it('has an old key as its verifier alone, and each once', () => {
    const lines = [first.verifier.text, signingKeyText(NAME, SECOND), second.verifier.text, first.verifier.text];
    const { signer, verifiers } = parseSigningKeys(lines.join('\n'), 'here');
    expect(signer.id).toBe(second.id);
    expect(verifiers.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it('goes on being signed by a key that a verifier key stands behind', () => {
    expect(parseSigningKeys(`${signingKeyText(NAME, FIRST)}\n${second.verifier.text}`, 'here').signer.id).toBe(
      first.id,
    );
  });

  it('may have none that signs, for those who only verify', () => {
    const { signer, verifiers } = parseKeyList(first.verifier.text, 'here');
    expect([signer, verifiers.length]).toEqual([null, 1]);
    expect(faultOf(first.verifier.text)).toMatch(
      /^the audit keys in a file cannot be used, none of them signs: write one key/,
    );
  });

  it('is written with what verifies the key as a comment', () => {
    const lines = keyLines(NAME, FIRST);
    expect(lines).toBe(`# ${first.verifier.text}\n${signingKeyText(NAME, FIRST)}\n`);
    expect(parseSigningKeys(lines, 'here').signer.id).toBe(first.id);
  });

  it('says in which line a key is wrong, and never what stands there', () => {
    const secret = signingKeyText(NAME, FIRST);
    for (const [line, said] of [
      [secret.slice(0, -3), /line 2 is not a signing key: /],
      [secret.replace('PRIVATE+KEY+', 'PRIVATE-KEY+'), /line 2 is not a verifier key: /],
      [`${secret} and more`, /line 2 is not a signing key: /],
      ['nonsense', /line 2 is not a verifier key: it has not the form/],
      [`${first.verifier.text.slice(0, -4)}AAA=`, /line 2 is not a verifier key: /],
    ] as const) {
      const fault = faultOf(`# one\n${line}\n`);
      expect(fault).toMatch(said);
      for (const part of line.split('+').slice(-1)) expect(fault).not.toContain(part);
    }
  });

  it('keeps what an old key has signed to be believed after another has taken its place', () => {
    const checkpoint = {
      origin: `${NAME}/acme`,
      size: 0,
      root: Buffer.from('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'base64'),
      extensions: [],
    };
    const before = signCheckpoint(checkpoint, [parseSigningKeys(signingKeyText(NAME, FIRST), 'here').signer]);
    const { signer, verifiers } = parseSigningKeys(`${first.verifier.text}\n${signingKeyText(NAME, SECOND)}`, 'here');
    const after = signCheckpoint(checkpoint, [signer]);
    expect([before, after].map((note) => openCheckpoint(note, verifiers).opened)).toEqual([true, true]);
    expect(openCheckpoint(before, [second.verifier]).opened).toBe(false);
  });
});
