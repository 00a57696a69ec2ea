import { describe, expect, it } from '@jest/globals';
import { checkDemand, decideUnder, type ActingUser, type Demand } from '../../src/domain/authority.js';
import { accept, type Decision } from '../../src/domain/decider.js';
import { SESSION_STAGES, type SessionStage } from '../../src/domain/session/standing.js';
import type { Role } from '../../src/domain/user/events.js';
import { userDecider } from '../../src/domain/user/decider.js';
import type { ActiveUser, UserState } from '../../src/domain/user/state.js';
import { event } from '../support/builders.js';
import { stateAfter } from '../support/given.js';

function user(userId: string, role: Role | 'PRIMARY', more: Partial<ActiveUser> = {}): ActiveUser {
  const kind = role === 'PRIMARY' ? 'PRIMARY' : 'SUB_USER';
  const state = stateAfter(userDecider, event('UserCreated', { userId, kind, role: role === 'PRIMARY' ? null : role }));
  if (state.status !== 'ACTIVE') throw new Error('nobody was created');
  return { ...state, ...more };
}

const at = (role: Role | 'PRIMARY', stage: SessionStage = 'FULL', more: Partial<ActiveUser> = {}): ActingUser => ({
  stage,
  user: user('ada', role, more),
});
const MANAGE: Demand = { right: 'MANAGE', stages: ['FULL'] };
const OWN: Demand = { right: 'OWN', stages: ['FULL'] };
const sam = user('sam', 'MEMBER');
const deleted: UserState = { ...sam, status: 'DELETED', erased: false };

function codeOf(demand: Demand, actor: ActingUser, subject: UserState = sam): string | null {
  return checkDemand(demand, actor, subject)?.code ?? null;
}

describe('The authority of a command', () => {
  it.each([
    ['MFA_CHALLENGE', 'MFA_CHALLENGE_REQUIRED'],
    ['PASSWORD_CHANGE', 'PASSWORD_CHANGE_REQUIRED'],
    ['MFA_ENROLLMENT', 'MFA_ENROLLMENT_REQUIRED'],
  ] as const)('is none at the stage %s, which has something to be done first', (stage, code) => {
    for (const right of ['OWN', 'PRIMARY', 'READ_TRAIL', 'MANAGE', 'ERASE'] as const) {
      expect(codeOf({ right, stages: ['FULL'] }, at('PRIMARY', stage))).toBe(code);
    }
  });

  it('is none at a later stage than the one that the command belongs to', () => {
    expect(codeOf({ right: 'OWN', stages: ['PASSWORD_CHANGE'] }, at('MEMBER'))).toBe('FORBIDDEN');
  });

  it('over oneself takes nothing but a stage that is named', () => {
    for (const stage of SESSION_STAGES)
      expect(codeOf({ right: 'OWN', stages: [stage] }, at('MEMBER', stage))).toBeNull();
  });

  it.each([
    ['PRIMARY', null],
    ['ADMIN', 'FORBIDDEN'],
    ['AUDITOR', 'FORBIDDEN'],
    ['MEMBER', 'FORBIDDEN'],
  ] as const)('over the account has the primary alone: %s', (role, code) => {
    expect(codeOf({ right: 'PRIMARY', stages: ['FULL'] }, at(role))).toBe(code);
    expect(codeOf({ right: 'ERASE', stages: ['FULL'] }, at(role))).toBe(code);
  });

  it.each([
    ['PRIMARY', null],
    ['ADMIN', null],
    ['AUDITOR', null],
    ['MEMBER', 'FORBIDDEN'],
  ] as const)('to take the trail out has everybody who reads it: %s', (role, code) => {
    expect(codeOf({ right: 'READ_TRAIL', stages: ['FULL'] }, at(role))).toBe(code);
  });

  it('over another user has whoever manages it, while it is there', () => {
    expect(codeOf(MANAGE, at('PRIMARY'))).toBeNull();
    expect(codeOf(MANAGE, at('ADMIN'))).toBeNull();
    expect(codeOf(MANAGE, at('ADMIN'), user('eve', 'ADMIN'))).toBe('FORBIDDEN');
    expect(codeOf(MANAGE, at('MEMBER'))).toBe('FORBIDDEN');
    expect(codeOf(MANAGE, at('PRIMARY'), deleted)).toBe('NOT_FOUND');
    expect(codeOf(MANAGE, at('PRIMARY'), { status: 'NONE' })).toBe('NOT_FOUND');
    expect(codeOf(MANAGE, at('PRIMARY'), { ...sam, accountId: 'another' })).toBe('NOT_FOUND');
  });

  it('to erase is over a user who was deleted as well', () => {
    expect(codeOf({ right: 'ERASE', stages: ['FULL'] }, at('PRIMARY'), deleted)).toBeNull();
    expect(codeOf({ right: 'ERASE', stages: ['FULL'] }, at('PRIMARY'), { status: 'NONE' })).toBe('NOT_FOUND');
  });

  it('to give a role is bounded by that role', () => {
    expect(codeOf({ ...MANAGE, assigns: 'ADMIN' }, at('PRIMARY'))).toBeNull();
    expect(codeOf({ ...MANAGE, assigns: 'ADMIN' }, at('ADMIN'))).toBe('FORBIDDEN');
    expect(codeOf({ ...OWN, assigns: 'MEMBER' }, at('ADMIN'))).toBeNull();
    expect(codeOf({ ...OWN, assigns: 'MEMBER' }, at('MEMBER'))).toBe('FORBIDDEN');
  });

  it('without a verification is none once operation protection is on', () => {
    const demand: Demand = { ...MANAGE, unverified: 'RENAME_USER' };
    expect(codeOf(demand, at('ADMIN'))).toBeNull();
    expect(codeOf(demand, at('ADMIN', 'FULL', { operationProtection: true }))).toBe('VERIFICATION_REQUIRED');
    expect(codeOf(MANAGE, at('ADMIN', 'FULL', { operationProtection: true }))).toBeNull();
  });
});

describe('A command in a session', () => {
  const renamed = event('UserRenamed');
  const decider = { decide: (): Decision<typeof renamed> => accept(renamed) };
  const decide = (actor: ActingUser | null) =>
    decideUnder(decider, { demand: MANAGE, actor, subject: sam }, () => 'a command', null);

  it('is decided by the rules of its stream where its authority is enough', () => {
    expect(decide(at('ADMIN'))).toStrictEqual({ accepted: true, events: [renamed] });
  });

  it('is refused with no event where it is not, or its session is over', () => {
    const refusedAs = (code: string) => ({ accepted: false, rejection: { code }, events: [] });
    expect(decide(at('MEMBER'))).toStrictEqual(refusedAs('FORBIDDEN'));
    expect(decide(null)).toStrictEqual(refusedAs('SESSION_ENDED'));
  });
});
