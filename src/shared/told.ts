// What core and compute say, each sentence once, in English.
//
// [Note: sentences travel as English] What crosses walls, is kept in the project and is printed on the command line is the
// plain sentence. The screen knows it again by its template (`recognise.ts`), and says it in its own language; so whatever was
// ever kept can be said, and what is in no template (a message of a library, a sentence of another version) is shown as it is.
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
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(places[name]));
}
