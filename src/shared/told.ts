// What core and compute say, each sentence once, in English.
//
// [Note: sentences travel as English] What crosses walls, is kept in the project and is printed on the command line is the
// plain sentence. The screen knows it again by its template, and says it in its own language; so whatever was ever kept can
// be said, and what is in no template (a message of a library, a sentence of another version) is shown as it is.
import { AppError, type ErrorCode, type ErrorDetail } from './errors.ts';
import type { Filled, KeyOf, PlacesOf } from './texts.ts';
import { exports } from './told/exports.ts';
import { fits } from './told/fits.ts';
import { imports } from './told/imports.ts';
import { jobs } from './told/jobs.ts';
import { models } from './told/models.ts';
import { pictures } from './told/pictures.ts';
import { projects } from './told/projects.ts';
import { reviews } from './told/reviews.ts';
import { runs } from './told/runs.ts';
import { stages } from './told/stages.ts';

export const told = {
  ...stages,
  ...projects,
  ...jobs,
  ...imports,
  ...pictures,
  ...models,
  ...fits,
  ...reviews,
  ...runs,
  ...exports,
} as const;

type Told = typeof told;
export type ToldKey = KeyOf<Told>;
type Named<Kind extends string> = ToldKey extends infer Key
  ? Key extends `${Kind}.${infer Name}`
    ? Name
    : never
  : never;

/** What a job is doing now. */
export type Stage = Named<'stage'>;

const place = /\{\{(\w+)\}\}/g;
const form = /_(one|other)$/;

/** A sentence of the table in English; `count` chooses its form. */
export const sentence = <Key extends ToldKey>(key: Key, ...[places]: Filled<Told, Key>): string =>
  fill(key, places ?? {});

/** An expected failure, by the name of its sentence. */
export const tell = <Name extends Named<'error'>>(
  code: ErrorCode,
  name: Name,
  places: PlacesOf<Told, `error.${Name}`>,
  options?: { detail?: ErrorDetail; cause?: unknown },
): AppError => new AppError(code, fill(`error.${name}`, places), options);

function fill(key: ToldKey, places: Readonly<Record<string, string | number>>): string {
  const templates: Record<string, string> = told;
  const template = templates[key] ?? templates[`${key}_${places['count'] === 1 ? 'one' : 'other'}`]!;
  return template.replace(place, (_, name: string) => String(places[name]));
}

/** A sentence of the table that was known again. */
export interface Recognised {
  /** Without the form of its count. */
  key: ToldKey;
  places: Record<string, string>;
}

/** These places hold what is in the table itself; the others hold names and numbers. */
export const saysMore: ReadonlySet<string> = new Set(['why', 'where', 'subject', 'kind', 'state']);

/** The sentences that a text consists of, one after another; undefined where one is not in the table. */
export function recognise(text: string): Recognised[] | undefined {
  for (const end of [...text.matchAll(/(?<=[.!?]) /g)].map(({ index }) => index)) {
    const first = recogniseOne(text.slice(0, end));
    const rest = first && recognise(text.slice(end + 1));
    if (rest) return [first, ...rest];
  }
  const whole = recogniseOne(text);
  return whole && [whole];
}

function recogniseOne(text: string): Recognised | undefined {
  for (const { key, literal, pattern } of (patterns ??= toPatterns())) {
    const found = pattern.exec(text);
    if (!found) continue;
    const places: Record<string, string> = { ...found.groups };
    // Where a template has no word of its own, what stands in it decides.
    if (/\p{L}/u.test(literal) || recognise(places['why']!)) return { key, places };
  }
  return undefined;
}

/** The most literal first: where two templates fit, the one that says more of the text is meant. */
let patterns: { key: ToldKey; literal: string; pattern: RegExp }[] | undefined;

function toPatterns() {
  return Object.entries<string>(told)
    .map(([key, template]) => ({
      key: key.replace(form, '') as ToldKey,
      literal: template.replace(place, ''),
      pattern: toPattern(template),
    }))
    .sort((a, b) => b.literal.length - a.literal.length);
}

function toPattern(template: string): RegExp {
  const seen = new Set<string>();
  const parts = template.split(place).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (seen.has(part)) return `\\k<${part}>`;
    seen.add(part);
    return part === 'count' ? '(?<count>\\d+)' : `(?<${part}>[^]*?)`;
  });
  return new RegExp(`^${parts.join('')}$`);
}
