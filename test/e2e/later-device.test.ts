import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ask, mutate } from '../support/operations.js';
import { answerChallenge, createSubUser, enable, primary, signIn } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

const CHALLENGE = `{ viewer { stage acr mfaChallenge {
  methods attemptsLeft expiresAt laterDevice { enabledAt ip userAgent wayOut }
} session { expiresAt } } }`;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

it('a session that was open learns when and from where the device was enabled, and who takes it off', async () => {
  const { account, client: owner } = await primary(service);
  const beside = await signIn(service, account);
  expect((await ask(beside, CHALLENGE)).viewer).toMatchObject({ stage: 'FULL', mfaChallenge: null });
  service.clock.advance(60_000);
  const authenticator = await enable(service, owner);
  const { viewer } = await ask(beside, CHALLENGE);
  expect(viewer).toMatchObject({
    stage: 'MFA_CHALLENGE',
    acr: 'aal1',
    mfaChallenge: {
      methods: ['VIRTUAL_MFA'],
      attemptsLeft: 5,
      expiresAt: viewer.session.expiresAt,
      laterDevice: { enabledAt: service.clock.now(), ip: '127.0.0.1', wayOut: 'OPERATOR' },
    },
  });
  expect((await mutate(beside, 'createSubUser', { username: 'late', password: 'a password' })).refusal).toBe(
    'MFA_CHALLENGE_REQUIRED',
  );
  await answerChallenge(beside, authenticator);
  expect((await ask(beside, CHALLENGE)).viewer).toMatchObject({ stage: 'FULL', acr: 'aal2', mfaChallenge: null });
});

it('a sub-user is sent to an administrator; at a sign-in there is no later device to tell of', async () => {
  const { account, client: owner } = await primary(service);
  const sam = await createSubUser(owner, account);
  const beside = await signIn(service, sam);
  await enable(service, await signIn(service, sam));
  const { viewer } = await ask(beside, CHALLENGE);
  expect(viewer.mfaChallenge.laterDevice.wayOut).toBe('ADMINISTRATOR');
  const fresh = await signIn(service, sam);
  expect((await ask(fresh, CHALLENGE)).viewer.mfaChallenge).toMatchObject({ attemptsLeft: 5, laterDevice: null });
});
