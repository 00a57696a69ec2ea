import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { OcsfVersion } from '../../../src/audit/export/ocsf/activities.js';

/** Captions by value. */
type Enum = Readonly<Record<string, string>>;

interface Definition {
  readonly name?: string;
  readonly caption?: string;
  /** Types by name: `[]` behind one of a list, `!` where it is required. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly enums?: Readonly<Record<string, Enum>>;
  readonly at_least_one?: readonly string[];
}

interface Differences {
  readonly without?: Readonly<Record<string, readonly string[]>>;
  readonly withoutEnum?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly classes?: Readonly<Record<string, Definition>>;
  readonly deprecatedClasses?: readonly string[];
}

interface Schema {
  readonly classes: Readonly<Record<string, Definition>>;
  readonly objects: Readonly<Record<string, Definition>>;
  readonly differences: Readonly<Record<string, Differences>>;
}

type Json = Readonly<Record<string, unknown>>;

const SCHEMA = JSON.parse(readFileSync(new URL('schema.json', import.meta.url), 'utf8')) as Schema;

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  integer_t: isWhole,
  long_t: isWhole,
  port_t: isWhole,
  timestamp_t: (value) => isWhole(value) && Number(value) >= 0,
  boolean_t: (value) => typeof value === 'boolean',
  string_t: isText,
  username_t: isText,
  file_hash_t: isText,
  email_t: isText,
  hostname_t: isText,
  ip_t: (value) => isText(value) && isIP(String(value)) !== 0,
  object: isObject,
  json_t: () => true,
};

/** The attribute that has the caption of another: `status` that of `status_id`. */
function captionOf(name: string): string {
  return name === 'activity_id' ? 'activity_name' : name.replace(/_id$/, '');
}

/** Says of an event how it differs from what a version of OCSF asks for; nothing where it does not. */
export function ocsfFaults(event: Json, version: OcsfVersion): readonly string[] {
  const differences = SCHEMA.differences[version] ?? {};
  const faults: string[] = [];

  function checkEnum(path: string, value: unknown, captions: Enum | undefined, beside: unknown): void {
    if (captions === undefined) return;
    const caption = captions[String(value)];
    if (caption === undefined) faults.push(`${path}: ${String(value)} is none of its values`);
    else if (value !== 99 && isText(beside) && beside !== caption) faults.push(`${path}: its caption is ${caption}`);
  }

  function checkValue(path: string, value: unknown, type: string): void {
    const check = TYPES[type];
    const object = SCHEMA.objects[type];
    if (check !== undefined) {
      if (!check(value)) faults.push(`${path}: no ${type}`);
    } else if (object === undefined) faults.push(`${path}: ${type} is not among what was taken over of the schema`);
    else if (!isObject(value)) faults.push(`${path}: no ${type}`);
    else checkObject(`${path}.`, value, object, type);
  }

  function checkAttribute(path: string, value: unknown, type: string): void {
    if (!type.endsWith('[]')) checkValue(path, value, type);
    else if (!Array.isArray(value)) faults.push(`${path}: no list`);
    else value.forEach((one, index) => checkValue(`${path}[${index}]`, one, type.slice(0, -2)));
  }

  function checkRequired(path: string, object: Json, { attributes, at_least_one }: Definition): void {
    for (const [name, type] of Object.entries(attributes))
      if (type.endsWith('!') && object[name] === undefined) faults.push(`${path}${name}: is missing`);
    if (at_least_one !== undefined && !at_least_one.some((name) => object[name] !== undefined))
      faults.push(`${path}: has none of ${at_least_one.join(', ')}`);
  }

  function checkObject(path: string, object: Json, definition: Definition, name: string): void {
    checkRequired(path, object, definition);
    for (const [attribute, value] of Object.entries(object)) {
      const type = definition.attributes[attribute];
      if (type === undefined || differences.without?.[name]?.includes(attribute) === true) {
        faults.push(`${path}${attribute}: is unknown`);
        continue;
      }
      checkAttribute(path + attribute, value, type.replace('!', ''));
      checkEnum(path + attribute, value, definition.enums?.[attribute], object[captionOf(attribute)]);
      if (differences.withoutEnum?.[name]?.[attribute]?.includes(String(value)) === true)
        faults.push(`${path}${attribute}: ${String(value)} is none of its values yet`);
    }
  }

  const classUid = String(event.class_uid);
  const definition = differences.classes?.[classUid] ?? SCHEMA.classes[classUid];
  if (definition === undefined) return [`class_uid: ${classUid} is no class`];
  if (differences.deprecatedClasses?.includes(classUid) === true) faults.push(`class_uid: ${classUid} is deprecated`);
  checkObject('', event, definition, definition.name ?? '');
  if (event.class_name !== definition.caption) faults.push('class_name: is not the caption of the class');
  if (event.category_uid !== 3) faults.push('category_uid: is not that of the class');
  if (event.type_uid !== Number(classUid) * 100 + Number(event.activity_id)) faults.push('type_uid: does not follow');
  const { metadata } = event;
  if (isObject(metadata) && metadata.version !== version) faults.push(`metadata.version: is not ${version}`);
  return faults;
}
