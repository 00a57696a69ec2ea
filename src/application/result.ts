import type { Rejection } from '../domain/rejection.js';

/** What a command handler answers: a value, or why not. Exceptions are for bugs and for what is out of order. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly rejections: readonly Rejection[] };

/** A command was done. */
export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** A command was refused. */
export function refused<T>(...rejections: readonly Rejection[]): Result<T> {
  return { ok: false, rejections };
}

/** The refusals among the outcomes of several checks. */
export function refusals(...checks: readonly (Rejection | null)[]): readonly Rejection[] {
  return checks.filter((check) => check !== null);
}
