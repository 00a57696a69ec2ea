import { describe, expect, it } from '@jest/globals';
import { mayAssign, mayManage, type Access } from '../../src/domain/access.js';
import type { Role } from '../../src/domain/user/events.js';

type Kind = 'PRIMARY' | Role;

function party(kind: Kind, userId: string, accountId = 'acme') {
  return kind === 'PRIMARY'
    ? ({ accountId, userId, kind, role: null } as const)
    : ({ accountId, userId, kind: 'SUB_USER', role: kind } as const);
}

const KINDS: readonly Kind[] = ['PRIMARY', 'ADMIN', 'AUDITOR', 'MEMBER'];
const everyPair = KINDS.flatMap((actor) => KINDS.map((subject) => [actor, subject] as const));

describe('Managing another user', () => {
  const inOneAccount: Readonly<Record<Kind, Readonly<Record<Kind, Access>>>> = {
    PRIMARY: { PRIMARY: 'ALLOWED', ADMIN: 'ALLOWED', AUDITOR: 'ALLOWED', MEMBER: 'ALLOWED' },
    ADMIN: { PRIMARY: 'FORBIDDEN', ADMIN: 'FORBIDDEN', AUDITOR: 'ALLOWED', MEMBER: 'ALLOWED' },
    AUDITOR: { PRIMARY: 'FORBIDDEN', ADMIN: 'FORBIDDEN', AUDITOR: 'FORBIDDEN', MEMBER: 'FORBIDDEN' },
    MEMBER: { PRIMARY: 'FORBIDDEN', ADMIN: 'FORBIDDEN', AUDITOR: 'FORBIDDEN', MEMBER: 'FORBIDDEN' },
  };

  it.each(everyPair.map(([actor, subject]) => [actor, subject, inOneAccount[actor][subject]] as const))(
    'by %s of %s in the same account is %s',
    (actor, subject, access) => {
      expect(mayManage(party(actor, 'actor'), party(subject, 'subject'))).toBe(access);
    },
  );

  it.each(everyPair)('by %s of %s in another account answers as an id that does not exist', (actor, subject) => {
    const stranger = mayManage(party(actor, 'actor'), party(subject, 'subject', 'other-account'));
    expect(stranger).toBe(mayManage(party(actor, 'actor'), null));
    expect(stranger).not.toBe('ALLOWED');
  });

  it.each(['PRIMARY', 'ADMIN'] as const)('by %s of nobody finds nothing', (actor) => {
    expect(mayManage(party(actor, 'actor'), null)).toBe('NOT_FOUND');
  });

  it.each(KINDS)('by %s of oneself is forbidden', (kind) => {
    expect(mayManage(party(kind, 'same'), party(kind, 'same'))).toBe('FORBIDDEN');
  });
});

describe('Giving a role', () => {
  const allowed: Readonly<Record<Kind, readonly Role[]>> = {
    PRIMARY: ['ADMIN', 'AUDITOR', 'MEMBER'],
    ADMIN: ['AUDITOR', 'MEMBER'],
    AUDITOR: [],
    MEMBER: [],
  };

  it.each(KINDS)('by %s is allowed for the roles below its own', (actor) => {
    const roles = (['ADMIN', 'AUDITOR', 'MEMBER'] as const).filter(
      (role) => mayAssign(party(actor, 'actor'), role) === 'ALLOWED',
    );
    expect(roles).toEqual(allowed[actor]);
  });

  it('is forbidden rather than unknown where it is not allowed', () => {
    expect(mayAssign(party('ADMIN', 'actor'), 'ADMIN')).toBe('FORBIDDEN');
    expect(mayAssign(party('MEMBER', 'actor'), 'MEMBER')).toBe('FORBIDDEN');
  });
});
