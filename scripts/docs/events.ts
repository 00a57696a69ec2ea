import { catalogue } from '../../src/domain/catalogue.js';
import type { EventType } from '../../src/domain/event.js';
import { STREAM_CATEGORIES, type StreamCategory } from '../../src/domain/stream.js';
import { TRAIL_EVENT_TYPES } from '../../src/audit/description.js';
import { generatedFrom, table } from './markdown.js';

interface StreamPage {
  /** The name of the stream, with what it is called by. */
  readonly name: string;
  readonly holds: string;
}

const STREAMS: Readonly<Record<StreamCategory, StreamPage>> = {
  account: { name: 'account-{accountId}', holds: 'A primary account.' },
  user: { name: 'user-{userId}', holds: 'A user: the primary of an account, or one of its sub-users.' },
  mfa: {
    name: 'mfa-{userId}',
    holds:
      "A user's virtual MFA: whether it is required, set-ups, the device, every code that was accepted, rejected or replayed, locks, recovery codes, trusted browsers.",
  },
  password: {
    name: 'password-{userId}',
    holds: 'Wrong passwords of a user, and what ended a run of them. A right password alone stands in its session.',
  },
  session: {
    name: 'session-{sessionId}',
    holds: 'One sign-in from password to end, with the operations that were verified in it.',
  },
  name: {
    name: 'name-{digest}',
    holds: 'Who has a name. The digest is keyed: the log knows no alias, e-mail address or user name.',
  },
  grant: {
    name: 'grant-{grantId}',
    holds: 'The one redemption of a grant, by which another service does a verified operation.',
  },
  reaction: {
    name: 'reaction-{name}-{eventId}',
    holds:
      'What the service did by itself after an event, such as destroying a seed; and, in a stream `reaction-{name}-progress`, how far it has come.',
  },
};

const INTRODUCTION = `# Events

Everything that happens is an event, refusals included: state, read models and the audit trail are computed from events. An event is
never changed and never deleted, and holds nothing secret: seeds and password hashes are kept apart, in the vault.

## The envelope

Every event has the same fields around its data. An _id_ is opaque text, a _count_ a whole number from 0 on, an _instant_ a moment in UTC
as ISO 8601 with milliseconds (\`2026-01-01T00:00:00.000Z\`).

${table(
  ['Field', 'Kind', 'Meaning'],
  [
    ['`id`', 'id', 'unique for ever; the same event appended again after an unknown outcome has the same id'],
    ['`type`', 'text', 'one of the types below'],
    [
      '`revision`',
      'count',
      'the revision of the type that `data` was written in; older ones are brought up on reading',
    ],
    ['`data`', 'object', 'the fields of the type, none left out; never a secret, a code, a token or a password'],
    ['`metadata.occurredAt`', 'instant', 'when it was decided'],
    [
      '`metadata.actor.kind`',
      'USER | ANONYMOUS | SYSTEM',
      'who made it happen: a signed-in user, somebody else, or the service itself',
    ],
    [
      '`metadata.actor.id`',
      'id or null',
      "the user's id; for the service the name of the process; null for nobody known",
    ],
    ['`metadata.sessionId`', 'id or null', 'the session in which it was asked for'],
    ['`metadata.requestId`', 'id', 'the request that asked for it; its answer has it as `x-request-id`'],
    ['`metadata.correlationId`', 'id', 'shared by everything that one request set in motion'],
    ['`metadata.causationId`', 'id or null', 'the event that this one reacts to; null where a request is the cause'],
    ['`personal`', 'object', 'personal values, sealed; left out where there are none'],
  ],
)}

The store adds \`stream\`, \`version\` (the place in the stream, from 1), \`position\` (the place in the log) and \`recordedAt\` (its own time of
writing, which no rule asks for).

### Personal values

Names, e-mail addresses, IP addresses and user agents are never plain in the log. They stand in \`personal\`, in at most two blobs:
\`subject\`, the values that are listed with the types below, and \`request\`, the \`ip\` and \`userAgent\` of whoever made the request.

${table(
  ['Field', 'Meaning'],
  [
    ['`personId`', 'names the key in the vault under which the values are sealed'],
    [
      '`sealed`',
      'base64url of nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes): AES-256-GCM over the values and a salt of 256 random bits, bound to person, event and blob',
    ],
    ['`commitment`', 'base64url of SHA-256(salt ‖ JCS(values)), where JCS is canonical JSON (RFC 8785)'],
  ],
)}

Whoever is given values and salt can check them against the commitment. Once a person's key is destroyed the values are gone, and
the commitment still proves that the event was not changed.

## The audit trail

The audit trail of an account is these events, in the order of the log: all that name the account in \`accountId\`, except those of the
\`name-\` and \`reaction-\` streams, which tell nothing that the others do not. Failures are in it as successes are: a rejected code, a wrong password, a
lock. Attempts during a lock or a back-off append nothing, so that nobody can flood the log.`;

const TYPES: readonly (readonly [string, EventType])[] = Object.entries(catalogue);
const inTrail: ReadonlySet<string> = new Set(TRAIL_EVENT_TYPES);

function fieldsOf(type: EventType): string {
  const rows = Object.entries(type.data).map(([name, { kind, doc }]) => [`\`${name}\``, kind, doc]);
  return table(['Field', 'Kind', 'Meaning'], rows);
}

function personalOf({ personal }: EventType): readonly string[] {
  if (personal.length === 0) return [];
  return [`Personal values, sealed: ${personal.map((name) => `\`${name}\``).join(', ')}.`];
}

function placeOf(name: string, { streams, revision }: EventType): string {
  const where = streams.map((category) => `\`${STREAMS[category].name}\``).join(' or ');
  return `Stream ${where} · revision ${revision} · ${inTrail.has(name) ? 'in the audit trail' : 'not in the audit trail'}`;
}

function eventSection(name: string, type: EventType): string {
  return [`### ${name}`, type.doc, placeOf(name, type), fieldsOf(type), ...personalOf(type)].join('\n\n');
}

/** A type that may stand in several streams is described with the first of them, and named with the others. */
function streamSection(category: StreamCategory): string {
  const { name, holds } = STREAMS[category];
  const own = TYPES.filter(([, { streams }]) => streams[0] === category);
  const others = TYPES.filter(([, { streams }]) => streams.slice(1).includes(category));
  return [
    `## \`${name}\``,
    holds,
    ...own.map(([type, definition]) => eventSection(type, definition)),
    ...others.map(([type]) => `[${type}](#${type.toLowerCase()}) may stand here too.`),
  ].join('\n\n');
}

/** The page on events: the envelope, the audit trail, and every type by its stream. */
export function eventCatalogueMarkdown(): string {
  return [
    generatedFrom('src/domain/catalogue.ts'),
    INTRODUCTION,
    ...STREAM_CATEGORIES.map((category) => streamSection(category)),
  ].join('\n\n');
}
