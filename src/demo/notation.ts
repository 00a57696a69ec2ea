/** Says how strings of a field are shown; for those that are secret, or too long to be read. */
export type Masks = Readonly<Record<string, (value: string) => string>>;

const HIDDEN = '••••••••';
const hidden = () => HIDDEN;
const firstHalf = (code: string) => `${code.slice(0, 3)} •••`;
const shortId = (id: string) => `${id.slice(0, 8)}…`;

const IDS: Masks = { id: shortId, enrollmentId: shortId, challengeId: shortId, userId: shortId };

/** Hides what is secret in what a client sends. */
export const SENT: Masks = { ...IDS, password: hidden, code: firstHalf };

/** Hides what is secret in what a client gets; `code` is the word of a refusal there. */
export const ANSWERED: Masks = {
  ...IDS,
  token: hidden,
  secret: hidden,
  otpauthUri: (uri) => uri.replace(/secret=[^&]*/, `secret=${HIDDEN}`),
  qrCode: (svg) => `an SVG image of ${Buffer.byteLength(svg)} bytes`,
};

interface Style {
  readonly masks: Masks;
  /** Columns that there are for a line. */
  readonly width: number;
}

const INDENT = '  ';

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

function scalar(value: unknown, key: string, masks: Masks): string {
  if (typeof value !== 'string') return String(value);
  const shown = Object.hasOwn(masks, key) ? (masks[key]?.(value) ?? HIDDEN) : value;
  return /^[^\s,"{}[\]]+$/.test(shown) || shown !== value ? shown : JSON.stringify(shown);
}

interface Braces {
  readonly open: string;
  readonly items: readonly string[];
  readonly close: string;
}

/** On one line where it fits, else an item a line. */
function fit({ open, items, close }: Braces, width: number): string {
  const pad = open.endsWith('[') ? '' : ' ';
  const line = `${open}${pad}${items.join(', ')}${pad}${close}`;
  if (line.length <= width && !line.includes('\n')) return line;
  return [open, ...items.map((item) => `${INDENT}${item.replaceAll('\n', `\n${INDENT}`)}`), close].join('\n');
}

function fieldsOf(value: object, style: Style): string[] {
  const fields = Object.entries(value).filter(([key, field]) => key !== '__typename' && !isNothing(field));
  return fields.map(([key, field]) => `${key}: ${show(field, key, { ...style, width: style.width - key.length - 4 })}`);
}

function show(value: unknown, key: string, style: Style): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => show(item, key, { ...style, width: style.width - INDENT.length }));
    return fit({ open: '[', items, close: ']' }, style.width);
  }
  if (typeof value !== 'object' || value === null) return scalar(value, key, style.masks);
  const name = '__typename' in value ? `${String(value.__typename)} ` : '';
  return fit({ open: `${name}{`, items: fieldsOf(value, style), close: '}' }, style.width);
}

/** Writes JSON so that it is easily read: what is empty left out, secrets masked, broken into lines where it is wide. */
export function notationOf(value: unknown, style: Style): string {
  return show(value, '', style);
}
