// What was told, known again by its templates: see [Note: sentences travel as English] in told.ts.
import { told, type ToldKey } from './told.ts';

/** A sentence of the table, without the form of its count, and what stands in its places. */
export interface Recognised {
  key: ToldKey;
  places: Record<string, string>;
}

/** These places hold what is in the table itself; the others hold names and numbers. */
export const saysMore: ReadonlySet<string> = new Set(['why', 'where', 'subject', 'kind', 'state']);

/** Nothing that is told has more; what a library says may. */
const mostSentences = 32;

/** The sentences that a text consists of, as many as there can be; undefined where one of them is not in the table. */
export function recognise(text: string): Recognised[] | undefined {
  const ends = [...text.matchAll(/[.!?] /g)].slice(0, mostSentences).map(({ index }) => index + 1);
  const starts = [0, ...ends.map((end) => end + 1)];
  ends.push(text.length);
  /** From each start to the end of the text. */
  const runs: (Recognised[] | undefined)[] = [];
  runs[ends.length] = [];
  for (let from = starts.length - 1; from >= 0; from--) {
    for (let to = from; to < ends.length && !runs[from]; to++) {
      const rest = runs[to + 1];
      const first = rest && recogniseOne(text.slice(starts[from], ends[to]));
      if (first) runs[from] = [first, ...rest];
    }
  }
  return runs[0];
}

/** A template without a word of its own, around another sentence, is known by that one. */
function recogniseOne(text: string, isInside = false): Recognised | undefined {
  for (const template of (templates ??= readTemplates())) {
    const places = readPlaces(template, text);
    if (places && (template.hasWords || (!isInside && recogniseOne(places['why']!, true))))
      return { key: template.key, places };
  }
  return undefined;
}

interface Template {
  key: ToldKey;
  /** What stands before, between and behind the places. */
  literals: string[];
  names: string[];
  hasWords: boolean;
}

/** The most literal first: where two templates fit, the one that says more of the text is meant. */
let templates: Template[] | undefined;

function readTemplates(): Template[] {
  const length = ({ literals }: Template) => literals.join('').length;
  return Object.entries<string>(told)
    .map(([key, text]) => {
      const parts = text.split(/\{\{(\w+)\}\}/);
      const literals = parts.filter((_, index) => index % 2 === 0);
      const names = parts.filter((_, index) => index % 2 === 1);
      return {
        key: key.replace(/_(one|other)$/, '') as ToldKey,
        literals,
        names,
        hasWords: /\p{L}/u.test(literals.join('')),
      };
    })
    .sort((a, b) => length(b) - length(a));
}

/** What stands in the places of a template, each as short as can be; undefined where the text is not of the template. */
function readPlaces({ literals, names }: Template, text: string): Record<string, string> | undefined {
  if (!text.startsWith(literals[0]!) || !text.endsWith(literals.at(-1)!)) return undefined;
  if (names.length === 0) return text === literals[0] ? {} : undefined;
  const places: Record<string, string> = {};
  let at = literals[0]!.length;
  for (const [index, name] of names.entries()) {
    const next = literals[index + 1]!;
    const end = index === names.length - 1 ? text.length - next.length : text.indexOf(next, at);
    const value = text.slice(at, Math.max(at, end));
    const fits = end >= at && (places[name] ?? value) === value && (name !== 'count' || /^\d+$/.test(value));
    if (!fits) return undefined;
    places[name] = value;
    at = end + next.length;
  }
  return places;
}
