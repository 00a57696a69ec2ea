/**
 * The bytes of a standard base64 text (RFC 4648 section 4); null where it is none, or not the one text that these bytes
 * have: padding missing, bits set that nothing reads.
 */
export function bytesOfBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Bytes as standard base64 text. */
export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
