import { timingSafeEqual } from 'node:crypto';
import type { Application } from '../application/application.js';

/** The header in which a client gives back how far the log was that it has seen. */
export const LOG_POSITION_HEADER = 'x-log-position';

/** Positions of the log as clients carry them from one node to another: opaque, and none that no node has handed out. */
export interface LogPositions {
  format(position: bigint): string;
  /** The position that a node has handed out; null for anything else. */
  parse(text: string): bigint | null;
}

const BASE = 36;
/** 13 digits hold any position of 64 bits. */
const FORM = /^v1\.([0-9a-z]{1,13})\.([A-Za-z0-9_-]{43})$/;

function numberOf(digits: string): bigint {
  return Array.from(digits).reduce((sum, digit) => sum * BigInt(BASE) + BigInt(parseInt(digit, BASE)), 0n);
}

/** Makes positions that are authenticated under the key ring, so that all nodes with that key ring take them. */
export function createLogPositions({ digest }: Pick<Application, 'digest'>): LogPositions {
  const macOf = (digits: string): string => digest('log-position', `v1.${digits}`);
  return {
    format(position) {
      const digits = position.toString(BASE);
      return `v1.${digits}.${macOf(digits)}`;
    },
    parse(text) {
      const [, digits, mac] = FORM.exec(text) ?? [];
      if (digits === undefined || mac === undefined) return null;
      // The form has made them alike in length.
      return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(digits))) ? numberOf(digits) : null;
    },
  };
}
