// Options as a person types them, read once; what cannot be read is wrong usage (exit status 2).
import { CommanderError, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { ExperimentMethod } from '../../shared/experiment.ts';
import { rankingMethods, sameRanking, type RankingMethod } from '../../shared/ranking.ts';

/** For what no option shows by itself. Throw it as commander throws its own; the command line prints the sentence. */
export const wrongUsage = (sentence: string): CommanderError => new CommanderError(2, 'usage', sentence);

/** An option of one value, with the default and the bounds of its schema in the contract. */
export const valueOption = (flags: string, description: string, schema: z.ZodType): Option =>
  new Option(flags, description).argParser(readAs(schema)).default(schema.safeParse(undefined).data);

/** What a schema takes, typed as a word of it or as a number. */
const readAs =
  <Value>(schema: z.ZodType<Value>) =>
  (text: string): Value => {
    for (const value of [text, text.trim() === '' ? NaN : Number(text)]) {
      const read = schema.safeParse(value);
      if (read.success) return read.data;
    }
    throw new InvalidArgumentError(`${text} is not ${describe(z.toJSONSchema(schema, { io: 'input' }))}.`);
  };

/** The same of several, "0.485,0.456,0.406", each of which the schema takes. */
export const readEach =
  <Value>(schema: z.ZodType<Value>) =>
  (text: string): Value[] =>
    text.split(',').map(readAs(schema));

/** 'a whole number from 1 to 8192', '"auto" or a number that is larger than 0' */
function describe({ anyOf, const: word, type, ...bounds }: z.core.JSONSchema.BaseSchema): string {
  if (anyOf)
    return anyOf
      .filter((each) => each.type !== 'null')
      .map(describe)
      .join(' or ');
  if (word !== undefined) return JSON.stringify(word);
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = bounds;
  // Every whole number is bounded by those that a double tells apart.
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum !== undefined && most !== undefined) return `${kind} from ${minimum} to ${most}`;
  const limits = Object.entries({
    'larger than': exclusiveMinimum,
    'at least': minimum,
    'less than': exclusiveMaximum,
    'at most': most,
  }).flatMap(([words, limit]) => (limit === undefined ? [] : [`${words} ${limit}`]));
  return limits.length === 0 ? kind : `${kind} that is ${limits.join(' and ')}`;
}

const experimentMethods: readonly ExperimentMethod[] = [
  ...rankingMethods.filter((method) => method !== 'learned'),
  'random',
];

/** Throws usage where a ranking of so many classes is the order of another one, which is offered instead. */
export function requireDistinct(
  methods: readonly ExperimentMethod[] | readonly RankingMethod[],
  classes: number,
): void {
  for (const method of methods) {
    const same = method === 'random' ? null : sameRanking(method, classes);
    if (same !== null) throw wrongUsage(`With two classes ${method} is the same order as ${same}. Ask for that one.`);
  }
}

/** "suspicion,importance" */
export const readMethods = (text: string): ExperimentMethod[] =>
  text.split(',').map((name) => {
    const method = experimentMethods.find((each) => each === name.trim());
    if (!method) throw new InvalidArgumentError(`${name} is none of ${experimentMethods.join(', ')}.`);
    return method;
  });
