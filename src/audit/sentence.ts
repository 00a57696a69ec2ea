import type { Actor } from '../domain/event.js';
import { chinese } from './sentences/chinese.js';
import { english } from './sentences/english.js';
import type { Language } from './sentences/language.js';

export const SUMMARY_LANGUAGES = ['EN', 'ZH'] as const;

/** A language that the trail is told in: English, or Chinese in simplified characters. */
export type SummaryLanguage = (typeof SUMMARY_LANGUAGES)[number];

const languages: Readonly<Record<SummaryLanguage, Language>> = { EN: english, ZH: chinese };

/** The names that an event's sentence mentions, as they were then; null where one was erased, or there is none. */
export interface SentenceNames {
  readonly subject: string | null;
  readonly device: string | null;
  /** Who did it, where that is somebody else than the subject; a sentence says nothing of the service itself, nor of strangers. */
  readonly by?: { readonly kind: Actor['kind']; readonly name: string | null } | null;
}

/** What a sentence takes its names from. */
export interface NamedThen {
  readonly actorKind: Actor['kind'];
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly subjectId: string | null;
  readonly subjectName: string | null;
  readonly deviceName: string | null;
}

/** The names in a sentence; who did it only where that is not the subject itself. */
export function sentenceNamesOf(named: NamedThen): SentenceNames {
  const { actorKind, actorId, actorName, subjectId, subjectName, deviceName } = named;
  const by = actorId === subjectId ? null : { kind: actorKind, name: actorName };
  return { subject: subjectName, device: deviceName, by };
}

function byOf({ byUser, byToken, byService }: Language, by: SentenceNames['by']): string {
  if (by?.kind === 'USER') return byUser(by.name);
  if (by?.kind === 'SERVICE_CREDENTIAL') return byService(by.name);
  return by?.kind === 'AUDIT_TOKEN' ? byToken(by.name) : '';
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentenceIn({ sentences }: Language, type: string): string {
  return Object.hasOwn(sentences, type) ? ((sentences as Readonly<Record<string, string>>)[type] ?? type) : type;
}

/** The sentence that says what an event was; the type alone where this release does not know it. */
export function sentenceOf(type: string, names: SentenceNames, language: SummaryLanguage = 'EN'): string {
  const words = languages[language];
  const said = {
    subject: words.user(names.subject),
    device: words.device(names.device),
    by: byOf(words, names.by),
  };
  // All at once and by a function: a name that looks like a placeholder, or like a pattern of `replace`, is only a name.
  return sentenceIn(words, type).replaceAll(/\{(subject|device|by)\}/g, (_, word: keyof typeof said, at: number) => {
    // A sentence begins with a capital, and a name as whoever bears it writes it.
    const ours = word === 'device' || names.subject === null;
    return at === 0 && ours ? upperFirst(said[word]) : said[word];
  });
}
