import { DEFAULT_OCSF_VERSION, OCSF_VERSIONS, type OcsfVersion } from '../../audit/export/ocsf/activities.js';
import { EXPORT_FORMATS, type ExportFormat } from '../../domain/account/events.js';
import { momentFrom } from '../../graphql/moment.js';
import type { Span } from '../../projections/audit/trails.js';

/** What a request for an export asks for. */
export interface ExportQuery {
  readonly format: ExportFormat;
  readonly from: number;
  /** Excluded; null: to the end. */
  readonly to: number | null;
  readonly span: Span;
  readonly ocsfVersion: OcsfVersion;
  /** The challenge that was answered for this export, where one was asked for. */
  readonly challengeId: string | null;
}

/** What was asked for makes no sense; the message says what does. */
export class ExportQueryError extends Error {
  readonly code = 'BAD_USER_INPUT';
}

type Given = Readonly<Record<string, unknown>>;

const NAMES = ['format', 'from', 'to', 'since', 'until', 'ocsfVersion', 'challengeId'];

/** The value of a parameter; undefined where it is left out. */
function valueOf(given: Given, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new ExportQueryError(`${name} was given more than once. Give it once.`);
}

function chosen<T extends string>(name: string, value: string | undefined, choices: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  const choice = choices.find((one) => one.toLowerCase() === value);
  if (choice !== undefined) return choice;
  throw new ExportQueryError(`${name} is one of ${choices.map((one) => one.toLowerCase()).join(', ')}.`);
}

function countIn(given: Given, name: string): number | null {
  const value = valueOf(given, name);
  if (value === undefined) return null;
  const count = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(count)) return count;
  throw new ExportQueryError(`${name} is the seq of a record: a whole number from 0 on.`);
}

function instantIn(given: Given, name: string): string | undefined {
  const value = valueOf(given, name);
  if (value === undefined) return value;
  const moment = momentFrom(value);
  if (moment !== null) return moment;
  throw new ExportQueryError(`${name} is a moment with its zone, such as 2026-03-02T09:12:31Z.`);
}

function spanIn(given: Given, format: ExportFormat): Span {
  const [since, until] = [instantIn(given, 'since'), instantIn(given, 'until')];
  if (format === 'NATIVE' && (since !== undefined || until !== undefined)) {
    throw new ExportQueryError(
      'since and until are for ocsf and csv: a native export has every record, since proofs need them without gaps. Give from and to.',
    );
  }
  return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}

/** Reads the parameters of a request for an export. @throws {ExportQueryError} */
export function exportQueryOf(given: Given): ExportQuery {
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new ExportQueryError(`An export knows the parameters ${NAMES.join(', ')}.`);
  const format = chosen('format', valueOf(given, 'format'), EXPORT_FORMATS, 'NATIVE');
  return {
    format,
    from: countIn(given, 'from') ?? 0,
    to: countIn(given, 'to'),
    span: spanIn(given, format),
    ocsfVersion: chosen('ocsfVersion', valueOf(given, 'ocsfVersion'), OCSF_VERSIONS, DEFAULT_OCSF_VERSION),
    challengeId: valueOf(given, 'challengeId') ?? null,
  };
}
