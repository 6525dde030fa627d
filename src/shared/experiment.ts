// A study of rankings on labels made wrong on purpose.
import type { RankingMethod } from './ranking.ts';
import { sentence } from './told.ts';

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
  const list = ({ count, first }: LeftOut) => `${first.join(', ')}${count > first.length ? ' ...' : ''}`;
  const said: string[] = [];
  if (labels.count > 0) said.push(sentence('left-out.labels', { rows: labels.count, first: list(labels) }));
  if (paths.count > 0) said.push(sentence('left-out.paths', { rows: paths.count, first: list(paths) }));
  const key = rows.count > rows.first.length ? 'left-out.rows-more' : 'left-out.rows';
  if (rows.count > 0) said.push(sentence(key, { rows: rows.count, why: rows.first.join(' ') }));
  return said;
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
