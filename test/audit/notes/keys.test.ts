import { describe, expect, it } from '@jest/globals';
import { parseSigningKey, parseVerifierKey, signingKeyOf, signingKeyText } from '../../../src/audit/notes/keys.js';

// golang.org/x/mod/sumdb/note, note_test.go at 02c9913.
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const SKEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';

const malformed = expect.objectContaining({ code: 'MALFORMED_KEY' });

/** Every part of a text, and the text with each character replaced by the next. */
function manglings(text: string): string[] {
  const parts = Array.from(text).flatMap((_, from) =>
    Array.from({ length: text.length - from + 1 }, (_unused, length) => text.slice(from, from + length)),
  );
  const shifted = Array.from(text).map(
    (character, at) => `${text.slice(0, at)}${String.fromCharCode(character.charCodeAt(0) + 1)}${text.slice(at + 1)}`,
  );
  return [...parts, ...shifted].filter((part) => part !== text);
}

function accepted(texts: readonly string[], parse: (text: string) => unknown): string[] {
  return texts.filter((text) => {
    try {
      parse(text);
      return true;
    } catch (error) {
      expect(error).toEqual(malformed);
      return false;
    }
  });
}

describe('A verifier key', () => {
  it('is read as golang.org/x/mod/sumdb/note writes it, and written so', () => {
    expect(parseVerifierKey(VKEY)).toMatchObject({ name: 'PeterNeumann', id: 'c74f20a3', text: VKEY });
  });

  it('is that of the public Go checksum database', () => {
    // cmd/go/internal/modfetch/key.go
    const text = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
    expect(parseVerifierKey(text)).toMatchObject({ name: 'sum.golang.org', id: '033de0ae', text });
  });

  it('is refused where any character of it was changed, or any part is missing', () => {
    expect(accepted(manglings(VKEY), parseVerifierKey)).toEqual([]);
  });

  it.each([
    // Both from note_test.go: their ids are right for what they hold.
    ['has another length', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='],
    ['is of an unknown algorithm', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['has a space in its name', VKEY.replace('rN', 'r N')],
    ['has a line break at its end', `${VKEY}\n`],
    ['is a signing key', SKEY],
  ])('is refused where it %s', (_, text) => {
    expect(() => parseVerifierKey(text)).toThrow(malformed);
  });

  it('may have its id in capitals', () => {
    expect(parseVerifierKey(VKEY.replace('c74f20a3', 'C74F20A3')).id).toBe('c74f20a3');
  });
});

describe('A signing key', () => {
  it('is read as golang.org/x/mod/sumdb/note writes it, with the key that verifies it', () => {
    expect(parseSigningKey(SKEY).verifier.text).toBe(VKEY);
  });

  it('is refused where any character of it was changed, or any part is missing', () => {
    expect(accepted(manglings(SKEY), parseSigningKey)).toEqual([]);
  });

  it('is not quoted by what refuses it', () => {
    const secret = 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
    for (const text of [secret, `PRIVATE+KEY+Other+c74f20a3+${secret}`, `PRIVATE+KEY+a b+c74f20a3+${secret}`]) {
      expect(() => parseSigningKey(text)).toThrow(malformed);
      expect(() => parseSigningKey(text)).not.toThrow(secret.slice(1, -1));
    }
  });

  it('is made of a name and a seed, and written so that it can be read again', () => {
    const seed = Buffer.alloc(32, 7);
    const text = signingKeyText('mfa.example/audit', seed);
    expect(text).toMatch(/^PRIVATE\+KEY\+mfa\.example\/audit\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
    expect(parseSigningKey(text).verifier.text).toBe(signingKeyOf('mfa.example/audit', seed).verifier.text);
  });

  it('signs what its verifier key accepts, and accepts for no other message', () => {
    const key = parseSigningKey(SKEY);
    const signature = key.sign(Buffer.from('hi'));
    expect(key.verifier.verify(Buffer.from('hi'), signature)).toBe(true);
    expect(key.verifier.verify(Buffer.from('ho'), signature)).toBe(false);
    expect(key.verifier.verify(Buffer.from('hi'), signature.with(0, 255 - (signature[0] ?? 0)))).toBe(false);
    expect(key.verifier.verify(Buffer.from('hi'), signature.subarray(1))).toBe(false);
  });

  it.each(['', 'a b', 'a\u2003b', 'a+b', 'a\nb', 'a\u0001b', '\ud800'])('has no name such as %j', (name) => {
    expect(() => signingKeyOf(name, Buffer.alloc(32))).toThrow(malformed);
  });

  it.each([0, 31, 33, 64])('has no seed of %i bytes', (length) => {
    expect(() => signingKeyOf('name', Buffer.alloc(length))).toThrow(malformed);
  });
});
