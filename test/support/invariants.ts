import { expect } from '@jest/globals';
import { currentSession } from '../../src/application/authenticate.js';
import type { Standing } from '../../src/domain/session/standing.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { sessionIdOf, type World } from './world.js';

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>;

/** The events of some types, in the order of the log. */
export function ofType<T extends LoggedEvent['type']>(events: readonly LoggedEvent[], ...types: readonly T[]): Of<T>[] {
  return events.filter((event): event is Of<T> => types.some((type) => type === event.type));
}

/** Where the session of a token stands. */
export async function standingOf({ app }: World, token: string): Promise<Standing> {
  return (await currentSession(app, sessionIdOf(token)))?.stage ?? 'ENDED';
}

/** Every session of the log with where it stands, as its streams have it. */
async function standings({ app }: World, events: readonly LoggedEvent[]) {
  return Promise.all(
    ofType(events, 'SessionStarted').map(async (started) => {
      const sessionId = started.stream.slice('session-'.length);
      return { sessionId, started, standing: (await currentSession(app, sessionId))?.stage ?? 'ENDED' };
    }),
  );
}

type OfSession = Awaited<ReturnType<typeof standings>>[number];

/** The device that a user had at a version of its MFA stream, worked out from events alone. */
function deviceAt(events: readonly LoggedEvent[], userId: string, version = Infinity): string | null {
  const device = ofType(events, 'MfaEnabled', 'MfaDeviceReplaced', 'MfaDisabled')
    .filter((event) => event.data.userId === userId && event.version <= version)
    .at(-1)?.data;
  if (device === undefined) return null;
  if ('newDeviceId' in device) return device.newDeviceId;
  return 'timeStep' in device ? device.deviceId : null;
}

function expectStreams(events: readonly LoggedEvent[]): void {
  const versions = new Map<string, number>();
  events.forEach(({ stream, version, position }, index) => {
    expect({ stream, version, position }).toStrictEqual({
      ...{ stream, version: (versions.get(stream) ?? 0) + 1 },
      position: BigInt(index + 1),
    });
    versions.set(stream, version);
  });
}

// Rules 3 and 4: one device at a time, the codes of no other one, each step once and forwards.
function expectDevices(events: readonly LoggedEvent[]): void {
  const enabled = new Map<string, { readonly deviceId: string; readonly step: number } | null>();
  for (const event of ofType(events, 'MfaEnabled', 'MfaDeviceReplaced', 'MfaDisabled', 'MfaCodeAccepted')) {
    const { data, type } = event;
    const now = enabled.get(data.userId) ?? null;
    if (type === 'MfaEnabled') expect(now).toBeNull();
    else if (type === 'MfaDeviceReplaced') expect(data.oldDeviceId).toBe(now?.deviceId);
    else expect(data.deviceId).toBe(now?.deviceId);
    if (type === 'MfaCodeAccepted') expect(data.timeStep).toBeGreaterThan(now?.step ?? Infinity);
    const deviceId = type === 'MfaDeviceReplaced' ? data.newDeviceId : data.deviceId;
    enabled.set(data.userId, type === 'MfaDisabled' ? null : { deviceId, step: data.timeStep });
  }
}

// Rule 10: a recovery code is used once, and only while its set is the one that was generated last.
function expectRecoveryCodes(events: readonly LoggedEvent[]): void {
  const live = new Map<string, string>();
  const used = new Set<string>();
  for (const { type, data } of ofType(events, 'RecoveryCodesGenerated', 'RecoveryCodeUsed', 'MfaDisabled')) {
    if (type === 'RecoveryCodesGenerated') live.set(data.userId, data.codeSetId);
    if (type === 'MfaDisabled') live.delete(data.userId);
    if (type !== 'RecoveryCodeUsed') continue;
    const place = `${data.codeSetId} ${data.place}`;
    expect([live.get(data.userId), used.has(place)]).toStrictEqual([data.codeSetId, false]);
    used.add(place);
  }
}

// Rule 11: a session rises by a code that was accepted in it, on the version where it was.
function expectRaises(events: readonly LoggedEvent[]): void {
  for (const { data, metadata } of ofType(events, 'SessionRaised')) {
    const proof = ofType(events, 'MfaEnabled', 'MfaDeviceReplaced', 'MfaCodeAccepted', 'RecoveryCodeUsed').find(
      (event) => event.data.userId === data.userId && event.version === data.mfaVersion,
    );
    expect(proof?.metadata.sessionId).toBe(metadata.sessionId);
  }
}

function expectNothingAfterTheEnd(events: readonly LoggedEvent[]): void {
  for (const { stream, version } of ofType(events, 'SessionEnded')) {
    expect(events.filter((event) => event.stream === stream && event.version > version)).toStrictEqual([]);
  }
}

/** Whether a session was at its first factor, or on its way there, when something ended the user's sessions; its own acts excepted. */
function isBefore({ sessionId, started }: OfSession, ending: LoggedEvent & { readonly data: { userId: string } }) {
  const version = ending.stream.startsWith('mfa-') ? started.data.mfaVersion : started.data.userVersion;
  return (
    started.data.userId === ending.data.userId && version < ending.version && ending.metadata.sessionId !== sessionId
  );
}

function expectEnded(events: readonly LoggedEvent[], sessions: readonly OfSession[]): void {
  const endings = ofType(events, 'MfaDisabled', 'MfaDeviceReplaced', 'UserDeleted', 'PasswordReset');
  for (const session of sessions) {
    const { sessionId, standing, started } = session;
    const revoked = ofType(events, 'SessionEnded').some(({ stream }) => stream === started.stream);
    const by = endings.filter((ending) => isBefore(session, ending)).map(({ type }) => type);
    if (revoked || by.length > 0)
      expect({ sessionId, by, standing }).toStrictEqual({ sessionId, by, standing: 'ENDED' });
  }
}

/** Whether a session began in a browser that was trusted, and nothing has revoked that since. */
function isTrusted(events: readonly LoggedEvent[], { data }: OfSession['started']): boolean {
  const revocations = ofType(events, 'TrustedDevicesRevoked', 'MfaDisabled', 'MfaDeviceReplaced', 'SubUserMfaRequired');
  const since = revocations.filter((event) => event.data.userId === data.userId && event.version > data.mfaVersion);
  return data.factors.includes('TRUSTED_DEVICE') && since.length === 0;
}

// Rules 7 and 11: no full session without the code that was owed at its start, nor past a requirement that it knew of.
function expectEarned(events: readonly LoggedEvent[], sessions: readonly OfSession[]): void {
  for (const { started, standing } of sessions) {
    if (standing !== 'FULL') continue;
    const { userId, mfaVersion } = started.data;
    const raised = ofType(events, 'SessionRaised').some(({ stream }) => stream === started.stream);
    if (deviceAt(events, userId, mfaVersion) !== null) expect(raised || isTrusted(events, started)).toBe(true);
    const known = ofType(events, 'SubUserMfaRequired').filter(
      ({ data, version }) => data.userId === userId && (data.effective === 'IMMEDIATELY' || version <= mfaVersion),
    );
    if (deviceAt(events, userId) === null) expect(known).toStrictEqual([]);
  }
}

/** What holds in every log, whatever was done at once; answers the log. */
export async function expectInvariants(world: World): Promise<readonly LoggedEvent[]> {
  const events = await world.events();
  const sessions = await standings(world, events);
  expectStreams(events);
  expectDevices(events);
  expectRecoveryCodes(events);
  expectRaises(events);
  expectNothingAfterTheEnd(events);
  expectEnded(events, sessions);
  expectEarned(events, sessions);
  return events;
}
