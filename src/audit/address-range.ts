import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A stretch of addresses, both ends in it, each as 16 bytes that compare as addresses do; IPv4 as IPv6 maps it (RFC 4291, 2.5.5.2). */
export interface AddressRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

const ALL_BITS = 128;
const MAPPED_BITS = 96;
const PREFIX = /^\d{1,3}$/;

/** An address as 16 bytes that compare as addresses do, the same for an IPv4 address and its IPv6 form; null for what is none. */
export function addressBytes(text: string): Uint8Array | null {
  // The library alone takes octal and shortened addresses, too.
  if (isIP(text) === 0) return null;
  const address = ipaddr.parse(text);
  const whole = address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address;
  return Uint8Array.from(whole.toByteArray());
}

function prefixBits(prefix: string | undefined, family: number): number | null {
  if (prefix === undefined) return ALL_BITS;
  const own = PREFIX.test(prefix) ? Number(prefix) : NaN;
  const bits = family === 4 ? own + MAPPED_BITS : own;
  return bits <= ALL_BITS ? bits : null;
}

/** An address whose bits from a place on are all 0, or all 1. */
function filled(address: Uint8Array, from: number, bit: 0 | 1): Uint8Array {
  return address.map((byte, index) => {
    const host = 0xff >> Math.min(8, Math.max(0, from - index * 8));
    return bit === 1 ? byte | host : byte & ~host;
  });
}

/** The addresses that a text means: one address, or a range in CIDR notation (RFC 4632); null for nonsense. */
export function addressRange(text: string): AddressRange | null {
  const [address = '', prefix, ...rest] = text.trim().split('/');
  const bytes = addressBytes(address);
  const bits = prefixBits(prefix, isIP(address));
  if (bytes === null || bits === null || rest.length > 0) return null;
  return { from: filled(bytes, bits, 0), to: filled(bytes, bits, 1) };
}
