// A study of rankings on labels made wrong on purpose.
import type { RankingMethod } from './ranking.ts';

export type ExperimentMethod = Exclude<RankingMethod, 'learned'> | 'random';

/** Mean and standard deviation over seeds. */
export interface Spread {
  mean: number;
  sd: number;
}

export const experimentNoises = ['symmetric', 'pairs', 'truth'] as const;
/** A share of the labels flipped to any class, or to the next one; or a file tells which of the given labels are wrong. */
export type ExperimentNoise = (typeof experimentNoises)[number];

export const experimentFeatures = ['head', 'pixels'] as const;
/** What a head is fitted to: the model's features, or the pixels themselves, as in the paper. */
export type ExperimentFeatures = (typeof experimentFeatures)[number];

/** Rows of a file that could not be used: how many, and the first examples. */
export interface LeftOut {
  count: number;
  first: string[];
}

/** What a file of true labels told. */
export interface TruthReading {
  /** Images whose true label it tells. */
  told: number;
  /** Sentences on rows that could not be read, or on images that had one; paths that are no image; labels that are no class. */
  rows: LeftOut;
  paths: LeftOut;
  labels: LeftOut;
}

/** What could not be used, in sentences. */
export function describeLeftOut({ rows, paths, labels }: TruthReading): string[] {
  const describe = ({ count, first }: LeftOut, what: string, between: string) =>
    count === 0 ? [] : [`Rows ${what}: ${count} (${first.join(between)}${count > first.length ? ' ...' : ''}).`];
  return [
    ...describe(labels, 'whose label is no class of this project', ', '),
    ...describe(paths, 'whose path is no image of this project', ', '),
    ...describe(rows, 'that could not be used', ' '),
  ];
}

/** Rankings compared on labels that were made wrong. */
export interface ExperimentResult {
  images: number;
  lambda: number;
  seeds: number;
  noise: ExperimentNoise;
  /** What the file told; null where labels were made wrong. */
  truth: TruthReading | null;
  /** Share of the labels that is wrong. */
  wrong: number;
  features: ExperimentFeatures;
  /** Test accuracy before any label is set right, and with all of them right; null without test images. */
  before: Spread | null;
  clean: Spread | null;
  methods: {
    method: ExperimentMethod;
    /** Of the images, `checked` were looked at: what share of the wrong labels was found, and the test accuracy then. */
    shares: { checked: number; found: Spread; accuracy: Spread | null }[];
    averagePrecision: Spread;
    auroc: Spread;
  }[];
  /** Files that were written. */
  written: string[];
  /** The sentence of why files that were asked for could not be written; null where none failed. */
  notWritten: string | null;
}
