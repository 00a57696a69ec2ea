import { millisecondsOf } from '../../../src/domain/instant.js';
import { scan, type Authenticator } from '../authenticator.js';
import { anyNode, createMember, signIn, type Scene } from '../cluster/people.js';
import { must, type Visitor } from '../cluster/visitor.js';
import type { SubUser } from '../people.js';

/** A sub-user whose phone can be asked for any code. */
export interface Protected {
  readonly member: SubUser;
  readonly phone: Authenticator;
  /** The step of the first code, which is used. */
  readonly firstStep: number;
}

const STEP = 30_000;

/** The step that a phone is in. */
export function stepNow({ cluster }: Scene): number {
  return Math.floor(millisecondsOf(cluster.clock.now()) / STEP);
}

/** A code that is shown now, with the step that it is of. */
export function codeNow(scene: Scene, { phone }: Pick<Protected, 'phone'>) {
  for (;;) {
    const step = stepNow(scene);
    const code = phone.code();
    if (stepNow(scene) === step) return { step, code };
  }
}

/** A new sub-user with a device. */
export async function protectedMember(scene: Scene): Promise<Protected> {
  const member = await createMember(scene);
  const visitor = await signIn(scene, member);
  const { payload } = await must(visitor, anyNode(scene), 'startMfaEnrollment', {});
  const phone = scan(payload.enrollment.otpauthUri, scene.cluster.clock);
  const { step, code } = codeNow(scene, { phone });
  await must(visitor, anyNode(scene), 'enableMfa', { enrollmentId: payload.enrollment.id, code });
  return { member, phone, firstStep: step };
}

/** So many sessions of one sub-user that all owe a code. */
export async function sessionsOf(scene: Scene, { member }: Protected, count: number): Promise<readonly Visitor[]> {
  return Promise.all(Array.from({ length: count }, () => signIn(scene, member)));
}
