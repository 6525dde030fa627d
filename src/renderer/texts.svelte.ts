// Every text of the screen in the language of the page. A language is one file in `languages/`: putting it there adds it.
import i18next from 'i18next';
import { desktopWords, type DesktopWords } from '../shared/desktop-host.ts';
import { formatCount } from './numbers.ts';
import type { Filled, KeyOf } from '../shared/texts.ts';
import { recognise, saysMore, type Recognised } from '../shared/recognise.ts';
import type { texts as english } from './languages/en.ts';

type English = typeof english;

/** What `t` is asked for. */
export type TextKey = KeyOf<English>;

/** A file of `languages/`. Languages whose grammar has no `_one` leave it out; those with other forms add them. */
export interface Language {
  name: string;
  texts: { readonly [Key in Exclude<keyof English, `${string}_one`>]: string } & Readonly<Record<string, string>>;
}

/** Stands for `**` once a text is loaded, so that stars in the name of a class are only stars. */
export const boldMark = '\uE000';
const writtenCount = 'writtenCount';

const files = import.meta.glob<Language>('./languages/*.ts', { eager: true });
const languages = new Map(
  Object.entries(files).map(([path, language]) => [/([\w-]+)\.ts$/.exec(path)![1]!, language] as const),
);

const i18n = i18next.createInstance();
void i18n.init({
  initAsync: false,
  fallbackLng: 'en',
  keySeparator: false,
  nsSeparator: false,
  resources: Object.fromEntries(
    [...languages].map(([code, { texts }]) => [code, { translation: prepare(texts) }] as const),
  ),
  // Svelte escapes what it writes into the page.
  interpolation: { escapeValue: false },
});

// [Note: one language a page] The language is that of the document, of which a page has one, and every part of the screen
// writes texts; so it is the one thing that is not handed down.
let current = $state('en');

/** The text in the page's language; whatever shows it is written anew when the language changes. */
export const t = <Key extends TextKey>(key: Key, ...[places]: Filled<English, Key>): string => fill(key, places ?? {});

function fill(key: string, places: Readonly<Record<string, string | number>>): string {
  const filled: Record<string, string | number> = { lng: current };
  for (const [name, value] of Object.entries(places)) {
    const written = typeof value === 'number' ? formatCount(value) : value;
    // The number itself chooses the form, so what is written goes by another name.
    if (name === 'count') Object.assign(filled, { count: value, [writtenCount]: written });
    else filled[name] = written;
  }
  return i18n.t(key, filled);
}

/** What core or compute said, in the page's language; what is in no language's texts is shown as it is. */
export function say(text: string): string {
  const said = recognise(text);
  return said ? said.map(sayOne).reduce((first, then) => t('sentence.and-next', { first, then })) : text;
}

function sayOne({ key, places }: Recognised): string {
  const said = Object.entries(places).map(([name, value]): [string, string | number] => {
    if (name === 'count') return [name, Number(value)];
    return [name, saysMore.has(name) ? say(value) : value];
  });
  return fill(key, Object.fromEntries(said));
}

/** What the desktop's dialogs and menu say in the page's language. */
export const wordsOfDesktop = (): DesktopWords => {
  const words: DesktopWords = { ...desktopWords };
  for (const key of Object.keys(words) as (keyof DesktopWords)[]) words[key] = t(key);
  return words;
};

/** Codes and names of all languages, each name in its own language. */
export const languageNames: readonly { code: string; name: string }[] = [...languages].map(([code, { name }]) => ({
  code,
  name,
}));

/** Sets the page's language: a code, or null for the first of the system's languages that there is. */
export function setLanguage(code: string | null): void {
  current = code !== null && languages.has(code) ? code : chooseLanguage(navigator.languages);
  document.documentElement.lang = current;
}

/** As BCP 47 code, for dates. */
export const currentLanguage = (): string => current;

/** The first that is there, as it is or in another region; English where there is none. */
export function chooseLanguage(wanted: readonly string[]): string {
  const base = (code: string) => code.split('-', 1)[0]!.toLowerCase();
  for (const code of wanted) {
    const found = languages.has(code) ? code : [...languages.keys()].find((each) => base(each) === base(code));
    if (found !== undefined) return found;
  }
  return 'en';
}

function prepare(texts: Readonly<Record<string, string>>): Record<string, string> {
  const prepared = (text: string) => text.replaceAll('**', boldMark).replaceAll('{{count}}', `{{${writtenCount}}}`);
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, prepared(text)]));
}
