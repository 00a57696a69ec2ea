import { createHmac } from 'node:crypto';

/** Seconds for which a code is shown. */
const PERIOD = 30;

/** The RFC 6238 time step of a moment, in milliseconds. */
export function timeStepAt(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000 / PERIOD);
}

/** The six-digit code of a secret at a time step (RFC 4226 section 5.3). */
export function codeAt(secret: Uint8Array, timeStep: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(timeStep));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 0x0f) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The bytes of a secret in base32 (RFC 4648 section 6). */
export function bytesOf(base32: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of base32) {
    value = ((value << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Uint8Array.from(bytes);
}
