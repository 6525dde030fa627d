// Options as a person types them, read once; what cannot be read is wrong usage (exit status 2).
import { CommanderError, InvalidArgumentError } from 'commander';
import type { ExperimentMethod } from '../../shared/experiment.ts';
import { rankingMethods, sameRanking, type RankingMethod } from '../../shared/ranking.ts';

/** For what no option shows by itself. Throw it as commander throws its own; the command line prints the sentence. */
export const wrongUsage = (sentence: string): CommanderError => new CommanderError(2, 'usage', sentence);

export function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(`${text} is not a number.`);
  return value;
}

export function readCount(text: string): number {
  const value = readNumber(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError(`${text} is not a whole number.`);
  return value;
}

export const readWhole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = readCount(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`${text} is not a whole number from ${least} to ${most}.`);
  };

/** "0.485,0.456,0.406" */
export const readNumbers = (text: string): number[] => text.split(',').map(readNumber);

/** The same, of what is divided by. */
export const readDeviations = (text: string): number[] =>
  text.split(',').map((each) => {
    const value = readNumber(each);
    if (value > 0) return value;
    throw new InvalidArgumentError(`${each} is not larger than 0, and pixels are divided by it.`);
  });

export const readLambda = (text: string): number | 'auto' => (text === 'auto' ? text : readNumber(text));

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
