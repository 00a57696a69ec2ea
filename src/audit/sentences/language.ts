import type { TrailEventType } from '../description.js';

/** What people are told of events in one language. */
export interface Language {
  /**
   * A sentence for each type. `{subject}` and `{device}` stand for whom and what it is about, `{by}` for who did it, where
   * that is somebody else than the subject.
   */
  readonly sentences: Readonly<Record<TrailEventType, string>>;
  /** A user by the name that it had then, null where that was erased; the device and who did it likewise. */
  readonly user: (name: string | null) => string;
  readonly device: (name: string | null) => string;
  readonly byUser: (name: string | null) => string;
  readonly byToken: (name: string | null) => string;
  readonly byService: (name: string | null) => string;
}
