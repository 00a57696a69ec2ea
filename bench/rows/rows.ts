import type { Row } from '../framework/row.js';
import { append } from './append.js';
import { auditPages } from './audit-pages.js';
import { coldStart } from './cold-start.js';
import { enrollment } from './enrollment.js';
import { memory } from './memory.js';
import { oldStream } from './old-stream.js';
import { proof } from './proof.js';
import { readsUnderAttack } from './reads-under-attack.js';
import { readsUnderFlood } from './reads-under-flood.js';
import { rebuild } from './rebuild.js';
import { secondFactor } from './second-factor.js';
import { signIn } from './sign-in.js';
import { viewer } from './viewer.js';

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [
  secondFactor,
  enrollment,
  signIn,
  viewer,
  append,
  oldStream,
  rebuild,
  auditPages,
  proof,
  coldStart,
  memory,
  readsUnderFlood,
  readsUnderAttack,
];
