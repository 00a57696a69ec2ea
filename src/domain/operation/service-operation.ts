import type { Rejection } from '../rejection.js';

/** An operation of another service, as that service has it verified (rule 13). */
export interface ServiceOperation {
  /** The service that the grant is to be for. */
  readonly service: string;
  /** What is to be done, in the service's own words: `vm:DeleteInstance`. */
  readonly operation: string;
  /** What it is to be done to: `i-123`. */
  readonly resource: string;
  /** The service's digest of the arguments: base64url of SHA-256. */
  readonly argumentsDigest: string;
}

const SERVICE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const OPERATION = /^[A-Za-z0-9:._/*-]{1,128}$/;
// A person reads it before giving a code: nothing that is invisible, or turns the direction of what stands beside it.
const RESOURCE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,256}$/u;
// The last of 43 characters has four bits of the digest, and two that are zero.
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Checks what a service is called. */
export function checkService(service: string): Rejection | null {
  return SERVICE.test(service) ? null : { code: 'INVALID_SERVICE' };
}

/** Checks what is to be done, and to what; whether there is such a service is not looked at. */
export function checkServiceOperation(wanted: ServiceOperation): readonly (Rejection | null)[] {
  return [
    checkService(wanted.service),
    OPERATION.test(wanted.operation) ? null : { code: 'INVALID_SERVICE_OPERATION' },
    RESOURCE.test(wanted.resource) ? null : { code: 'INVALID_RESOURCE' },
    DIGEST.test(wanted.argumentsDigest) ? null : { code: 'INVALID_ARGUMENTS_DIGEST' },
  ];
}
