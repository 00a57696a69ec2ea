import { describe, expect, it } from '@jest/globals';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { open, seal } from '../../src/vault/sealing.js';
import type { SecretRef } from '../../src/vault/vault.js';
import { VaultError } from '../../src/vault/vault.js';
import { FIRST, FORGED, RENEWED, ROTATED } from '../conformance/vault/given.js';

const ref: SecretRef = { kind: 'seed', id: 'device-1' };
const secret = new Uint8Array(randomBytes(20));

function errorOf(attempt: () => unknown): VaultError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof VaultError) return error;
    throw error;
  }
  throw new Error('it was opened');
}

describe('A sealed secret', () => {
  it('is opened to the byte, by whichever ring has its key', () => {
    const sealed = seal(FIRST, ref, secret);
    expect(sealed.keyId).toBe('key-1');
    for (const ring of [FIRST, ROTATED]) expect(open(ring, ref, sealed)).toEqual(secret);
    expect(open(FIRST, ref, seal(FIRST, ref, new Uint8Array(0)))).toEqual(new Uint8Array(0));
  });

  it('is nonce, AES-256-GCM ciphertext and tag, with kind and id as associated data', () => {
    const { sealed } = seal(FIRST, ref, secret);
    expect(sealed).toHaveLength(12 + secret.length + 16);
    const key = FIRST.sealingKeys.get('key-1') ?? new Uint8Array();
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAAD(Buffer.from('["seed","device-1"]'));
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    expect(new Uint8Array(plain)).toEqual(secret);
  });

  it('is never sealed the same way twice', () => {
    const nonces = Array.from({ length: 100 }, () =>
      Buffer.from(seal(FIRST, ref, secret).sealed.subarray(0, 12)).toString('hex'),
    );
    expect(new Set(nonces).size).toBe(100);
  });

  it('is sealed under the active key', () => {
    expect(seal(ROTATED, ref, secret).keyId).toBe('the-second-key-2');
  });

  it('does not open when any of its bits is changed', () => {
    const { keyId, sealed } = seal(FIRST, ref, secret);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const tampered = Uint8Array.from(sealed);
      tampered[bit >> 3] = (tampered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(errorOf(() => open(FIRST, ref, { keyId, sealed: tampered })).code).toBe('SEALED');
    }
  });

  it('does not open when it is cut short or made longer', () => {
    const { keyId, sealed } = seal(FIRST, ref, secret);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(errorOf(() => open(FIRST, ref, { keyId, sealed: sealed.subarray(0, length) })).code).toBe('SEALED');
    }
    expect(errorOf(() => open(FIRST, ref, { keyId, sealed: Buffer.concat([sealed, Buffer.alloc(1)]) })).code).toBe(
      'SEALED',
    );
  });

  it.each<SecretRef>([
    { kind: 'password', id: 'device-1' },
    { kind: 'seed', id: 'device-2' },
    { kind: 'seed', id: '' },
    { kind: 'seed', id: 'device-1 ' },
    { kind: 'seed', id: 'device-1"]' },
  ])('does not open as $kind $id', (other) => {
    const sealed = seal(FIRST, ref, secret);
    expect(errorOf(() => open(FIRST, other, sealed)).code).toBe('SEALED');
  });

  it('does not open without its key, or with another key of that name', () => {
    const sealed = seal(FIRST, ref, secret);
    expect(errorOf(() => open(RENEWED, ref, sealed)).message).toBe(
      'the seed device-1 cannot be opened or sealed: the key ring lacks key key-1',
    );
    expect(errorOf(() => open(FORGED, ref, sealed)).message).toBe(
      'the seed device-1 does not open under key key-1: key or content is not the one it was sealed with',
    );
  });

  it('cannot be made without the active key', () => {
    expect(errorOf(() => seal({ ...FIRST, activeKeyId: 'key-9' }, ref, secret)).code).toBe('SEALED');
  });

  it('lies in memory of its own', () => {
    const opened = open(FIRST, ref, seal(FIRST, ref, secret));
    expect(opened.buffer.byteLength).toBe(opened.length);
  });
});
