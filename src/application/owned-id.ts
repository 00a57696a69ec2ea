import type { Application } from './application.js';

/**
 * A fresh id for a secret of a user. It says whose it is, so that an enrollment is found by its id alone, and the sweep knows
 * which streams would have to name it.
 */
export function ownedId(app: Application, userId: string): string {
  return `${userId}.${app.newId()}`;
}

/** The user whose secret it would be; an id that was made up leads to nobody, or to nothing of theirs. */
export function ownerOf(id: string): string {
  return id.split('.', 1)[0] ?? '';
}
