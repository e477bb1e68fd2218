import type { Words } from './en.ts';

/** What each language calls itself. */
export const languageNames = { en: 'English', fr: 'Français' } as const;

export type Language = keyof typeof languageNames;

export const languages = Object.keys(languageNames) as readonly Language[];

/** All words of the screen in one language; the other one is never fetched. */
export async function loadWords(language: Language): Promise<Words> {
  return language === 'fr' ? (await import('./fr.ts')).fr : (await import('./en.ts')).en;
}

/** The remembered language, else the first wish of the browser that we speak, else English. */
export function chooseLanguage(remembered: string | null, wishes: readonly string[]): Language {
  const all = [remembered ?? '', ...wishes].map(wish => wish.slice(0, 2).toLowerCase());
  return all.flatMap(wish => languages.filter(language => language === wish))[0] ?? 'en';
}

/** How the browser writes dates and numbers in this language: `en-GB` where that is its wish for `en`. */
export function localeOf(language: Language, wishes: readonly string[]): string {
  return wishes.find(wish => wish.split('-', 1)[0]?.toLowerCase() === language) ?? language;
}
