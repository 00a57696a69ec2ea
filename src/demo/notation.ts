/** Says how strings of a field are shown; for those that are secret, or too long to be read. */
export type Masks = Readonly<Record<string, (value: string) => string>>;

const HIDDEN = '••••••••';
const hidden = () => HIDDEN;
const firstHalf = (code: string) => `${code.slice(0, 3)} •••`;
/** Ids of one moment, or of one user, begin alike: their ends tell them apart. */
const shortId = (id: string) => `…${id.slice(-8)}`;

const IDS: Masks = {
  id: shortId,
  enrollmentId: shortId,
  challengeId: shortId,
  userId: shortId,
  subjectId: shortId,
  grantId: shortId,
};

/** Hides what is secret in what a client sends. */
export const SENT: Masks = { ...IDS, password: hidden, code: firstHalf, recoveryCode: hidden, grant: hidden };

/** Hides what is secret in what a client gets; `code` is the word of a refusal there. */
export const ANSWERED: Masks = {
  ...IDS,
  token: hidden,
  secret: hidden,
  recoveryCodes: hidden,
  credential: hidden,
  grant: hidden,
  otpauthUri: (uri) => uri.replace(/secret=[^&]*/, `secret=${HIDDEN}`),
  qrCode: (svg) => `an SVG image of ${Buffer.byteLength(svg)} bytes`,
};

/** The room that there is for a value. */
export interface Room {
  readonly masks: Masks;
  /** Columns of a line. */
  readonly width: number;
  /** Columns of the first line that are taken. */
  readonly taken: number;
}

const INDENT = '  ';

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** What is worth showing: the fields that say something or, where none does, the lists that are empty. */
function fieldsOf(value: object): [string, unknown][] {
  const fields = Object.entries(value).filter(([key]) => key !== '__typename');
  const telling = fields.filter(([, field]) => !isEmpty(field));
  return telling.length > 0 ? telling : fields.filter(([, field]) => Array.isArray(field));
}

function scalar(value: unknown, key: string, masks: Masks): string {
  if (typeof value !== 'string') return String(value);
  const shown = Object.hasOwn(masks, key) ? (masks[key]?.(value) ?? HIDDEN) : value;
  return shown !== value || /^[^\s,"{}[\]]+$/.test(shown) ? shown : JSON.stringify(shown);
}

/** The parts of a list or an object, each written into its room. */
function partsOf(value: object, key: string, room: Room): string[] {
  if (Array.isArray(value)) return value.map((item) => write(item, key, { ...room, taken: 0 }));
  const fields = fieldsOf(value);
  return fields.map(([name, field]) => `${name}: ${write(field, name, { ...room, taken: name.length + 2 })}`);
}

function write(value: unknown, key: string, room: Room): string {
  if (typeof value !== 'object' || value === null) return scalar(value, key, room.masks);
  const name = '__typename' in value ? `${String(value.__typename)} ` : '';
  const [open, close, gap] = Array.isArray(value) ? ['[', ']', ''] : [`${name}{`, '}', ' '];
  const parts = partsOf(value, key, { ...room, width: Number.POSITIVE_INFINITY });
  const line = parts.length === 0 ? `${open}${close}` : `${open}${gap}${parts.join(', ')}${gap}${close}`;
  if (line.length <= room.width - room.taken) return line;
  const lines = partsOf(value, key, { ...room, width: room.width - INDENT.length });
  return [open, ...lines.map((part) => INDENT + part.replaceAll('\n', `\n${INDENT}`)), close].join('\n');
}

/** Writes JSON so that it is easily read: what is empty left out, secrets masked, broken into lines where it is wide. */
export function notationOf(value: unknown, room: Room): string {
  return write(value, '', room);
}
