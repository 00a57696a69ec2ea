import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

// Node reads certificates but makes none: this writes the DER of RFC 5280, section 4.1, by hand.
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const BOOLEAN = 0x01;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const ALTERNATIVE_NAMES = '551d11';

function length(count: number): Buffer {
  if (count < 0x80) return Buffer.from([count]);
  return count < 0x100 ? Buffer.from([0x81, count]) : Buffer.from([0x82, count >> 8, count & 0xff]);
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

const objectId = (hex: string): Buffer => der(OBJECT_ID, Buffer.from(hex, 'hex'));
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value, 'ascii'));
const bits = (value: Uint8Array): Buffer => der(BIT_STRING, Buffer.from([0]), value);
const algorithm = (): Buffer => der(SEQUENCE, objectId(ECDSA_WITH_SHA256));

const name = (commonName: string): Buffer =>
  der(SEQUENCE, der(SET, der(SEQUENCE, objectId(COMMON_NAME), text(UTF8_STRING, commonName))));

function extensions(): Buffer {
  const authority = der(SEQUENCE, der(BOOLEAN, Buffer.from([0xff])));
  const names = der(SEQUENCE, text(DNS_NAME, 'localhost'), der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])));
  return der(
    EXTENSIONS,
    der(
      SEQUENCE,
      der(SEQUENCE, objectId(BASIC_CONSTRAINTS), der(OCTET_STRING, authority)),
      der(SEQUENCE, objectId(ALTERNATIVE_NAMES), der(OCTET_STRING, names)),
    ),
  );
}

/** Makes a certificate for 127.0.0.1 and localhost that signs itself: it is its own authority. */
export function createCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // A serial number is positive and not empty: its first byte is neither 0 nor negative.
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const issuer = name('EventStoreDB double');
  const validity = der(SEQUENCE, text(UTC_TIME, '000101000000Z'), text(GENERALIZED_TIME, '99991231235959Z'));
  const content = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    algorithm(),
    issuer,
    validity,
    issuer,
    publicKey.export({ format: 'der', type: 'spki' }),
    extensions(),
  );
  const signature = sign('sha256', content, privateKey);
  const certificate = der(SEQUENCE, content, algorithm(), bits(signature)).toString('base64');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}
