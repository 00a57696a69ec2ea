import { millisecondsOf, MINUTE } from '../../src/domain/instant.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { isSame, type Call } from './guarded-play.js';

/** Milliseconds that a challenge, and a verification by it, serve; written down once more, to be noticed where it changes. */
export const LIFETIME = 5 * MINUTE;

/** What was sent in a request, by its id. */
export interface Sent {
  readonly seed: number;
  readonly call: Call;
  readonly token: string;
}

/** What a walk through the log keeps of a challenge. */
interface Challenge {
  readonly stream: string;
  readonly at: number;
  readonly digest: string;
  verified: boolean;
  used: boolean;
}

/** Walks through a log: what was done without a verification of its own, or with one that had been used. */
export function breaches(events: readonly LoggedEvent[], sent: ReadonlyMap<string, Sent>): readonly string[] {
  const found: string[] = [];
  const challenges = new Map<string, Challenge>();
  const usedIn = new Map<string, Challenge>();
  /** The call that an arguments digest was first used for. */
  const callOf = new Map<string, Sent>();
  let isProtected = false;
  const take = (event: LoggedEvent): void => {
    const { requestId } = event.metadata;
    const request = sent.get(requestId);
    const breach = (what: string): void => void found.push(`seed ${request?.seed ?? -1}: ${event.type} ${what}`);
    const at = millisecondsOf(event.metadata.occurredAt);
    switch (event.type) {
      case 'OperationChallenged':
        challenges.set(event.data.challengeId, {
          ...{ stream: event.stream, at, digest: event.data.argumentsDigest, verified: false, used: false },
        });
        break;
      case 'OperationVerified': {
        const challenge = challenges.get(event.data.challengeId);
        if (challenge !== undefined) challenge.verified = true;
        break;
      }
      case 'OperationVerificationUsed': {
        const challenge = challenges.get(event.data.challengeId);
        if (challenge?.verified !== true) {
          breach('of what was not verified');
          return;
        }
        if (challenge.used) breach('a second time');
        if (challenge.stream !== event.stream) breach('in another session');
        if (at - challenge.at >= LIFETIME) breach('too late');
        challenge.used = true;
        const first = callOf.get(challenge.digest) ?? request;
        if (request !== undefined && first !== undefined) {
          callOf.set(challenge.digest, first);
          if (!isSame(first.call, request.call) || first.token !== request.token) breach('for another call');
        }
        usedIn.set(requestId, challenge);
        break;
      }
      default:
    }
    if (request?.call.effect === event.type && (isProtected || request.call.always) && !usedIn.has(requestId)) {
      breach('without a verification');
    }
    if (event.type === 'OperationProtectionEnabled') isProtected = true;
    if (event.type === 'OperationProtectionDisabled') isProtected = false;
  };
  events.forEach(take);
  return found;
}
