import { extendSchema, parse, type GraphQLSchema } from 'graphql';
import { TRAIL_EVENT_TYPES, type TrailEventType } from '../../audit/description.js';
import { shownFields, type Details, type ShownField } from '../../audit/details.js';

/** The details of an event, with the name of their GraphQL type. */
export type TypedDetails = Details & { readonly __typename: string };

/** The GraphQL type of the details of an event type. */
function typeNameOf(type: TrailEventType): string {
  return `${type}Details`;
}

/** The details of an event as the API shows them; null where its type has none. */
export function typedDetails(type: TrailEventType, details: Details | null): TypedDetails | null {
  return details && { ...details, __typename: typeNameOf(type) };
}

const SCALARS: Readonly<Record<string, string>> = {
  id: 'ID',
  instant: 'DateTime',
  count: 'Int',
  integer: 'Int',
  flag: 'Boolean',
};

/** What kind of value a field has, without its being a list or null. */
function kindOf({ field }: ShownField): { readonly kind: string; readonly isList: boolean } {
  const kind = field.kind.replace(/ or null$/, '');
  return { kind: kind.replace(/^list of /, ''), isList: kind.startsWith('list of ') };
}

/** Words are texts, and everything may be null: so fields of one name have one type, and a client may ask for them side by side. */
function fieldSdl(shown: ShownField): string {
  const { kind, isList } = kindOf(shown);
  const scalar = SCALARS[kind] ?? 'String';
  const words = kind.includes(' | ') || /^[A-Z_]+$/.test(kind) ? ` One of ${kind.split(' | ').join(', ')}.` : '';
  const doc = shown.field.doc.charAt(0).toUpperCase() + shown.field.doc.slice(1);
  const description = JSON.stringify(`${doc}.${words}`);
  return `${description} ${shown.name}: ${isList ? `[${scalar}!]` : scalar}`;
}

/** The types of details, made from the catalogue of events: a new event type has one at once. */
function detailsSdl(): string {
  const types = TRAIL_EVENT_TYPES.filter((type) => shownFields(type).length > 0);
  const objects = types.map(
    (type) => `"What is particular to an event of type \`${type}\`."
      type ${typeNameOf(type)} { ${shownFields(type).map(fieldSdl).join(' ')} }`,
  );
  return `${objects.join('\n')}
    "What is particular to the type of an event. Whom and which device it is about says the event itself."
    union AuditEventDetails = ${types.map(typeNameOf).join(' | ')}
    extend type AuditEvent {
      "What is particular to its type; null where there is nothing."
      details: AuditEventDetails
    }`;
}

/** Puts the details of events into the schema. */
export function withAuditDetails(schema: GraphQLSchema): GraphQLSchema {
  return extendSchema(schema, parse(detailsSdl()));
}
