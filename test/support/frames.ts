/** A WebSocket frame of a client, right or wrong (RFC 6455 section 5.2). */
export interface FrameOptions {
  /** The first byte: FIN, the reserved bits and the opcode; a whole text otherwise. */
  readonly first?: number;
  readonly masked?: boolean;
}

const MASK = Buffer.from([1, 2, 3, 4]);

function lengthOf(size: number, masked: number): Buffer {
  if (size < 126) return Buffer.from([masked | size]);
  const bytes = Buffer.alloc(3);
  bytes[0] = masked | 126;
  bytes.writeUInt16BE(size, 1);
  return bytes;
}

export function frame(payload: string | Buffer, { first = 0x81, masked = true }: FrameOptions = {}): Buffer {
  const body = Buffer.from(payload);
  const head = [Buffer.from([first]), lengthOf(body.length, masked ? 0x80 : 0)];
  if (!masked) return Buffer.concat([...head, body]);
  return Buffer.concat([...head, MASK, body.map((byte, index) => byte ^ (MASK[index % 4] ?? 0))]);
}

/** Frames that no client may send, by what is wrong with them. */
export const BROKEN_FRAMES: Readonly<Record<string, Buffer>> = {
  'not masked': frame('{}', { masked: false }),
  'reserved bits': frame('{}', { first: 0xf1 }),
  'an opcode that there is not': frame('{}', { first: 0x83 }),
  'text that is no UTF-8': frame(Buffer.from([0xff, 0xfe])),
  'a continuation of nothing': frame('{}', { first: 0x80 }),
  'a ping in parts': frame('{}', { first: 0x09 }),
  'a ping that is too long': frame(Buffer.alloc(126), { first: 0x89 }),
  'a close code that there is not': frame(Buffer.from([0, 1]), { first: 0x88 }),
  'a message that is too large': Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]),
  'a message that says it is larger than anything': Buffer.from([
    0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  ]),
};
