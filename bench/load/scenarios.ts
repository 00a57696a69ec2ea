import { auditPages } from './audit-scenario.js';
import { typename } from './floor-scenarios.js';
import { enrollAtPeer, sessionAtPeer, signInWithCodeAtPeer, verifyCodes } from './peer-scenarios.js';
import {
  answerChallenges,
  enroll,
  lookAtSessions,
  restartEnrollment,
  signInFlood,
  signInWithCode,
  viewer,
} from './service-scenarios.js';

/** What a load generator can do, by name. */
export const scenarios = {
  ...{ answerChallenges, enroll, lookAtSessions, restartEnrollment, signInFlood, signInWithCode, viewer },
  ...{ enrollAtPeer, sessionAtPeer, signInWithCodeAtPeer, verifyCodes },
  ...{ auditPages, typename },
};

export type ScenarioName = keyof typeof scenarios;
