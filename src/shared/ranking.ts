// The orders in which images are reviewed, and what is to be expected of the rest.
import type { Measured } from './runs.ts';

/** Orders of one head each, or of several; compute/ranking says how each is made. Equal orders have one name. */
export const rankingMethods = [
  'learned',
  'suspicion',
  'importance',
  'alpha-norm',
  'margin',
  'margin-left-out',
  'margin-cross-fit',
  'self-confidence',
  'normalized-margin',
  'weighted-entropy',
  'label-issues',
  'refit-margin',
  'noise-posterior',
  'neighbours',
  'self-influence',
  'area-under-margin',
] as const;
export type RankingMethod = (typeof rankingMethods)[number];

/** With two classes the logits of an image are known by their difference, and these are orders that have another name too. */
const sameWithTwo: { readonly [method in RankingMethod]?: RankingMethod } = {
  'alpha-norm': 'importance',
  margin: 'importance',
  'margin-cross-fit': 'self-confidence',
  'normalized-margin': 'self-confidence',
  'weighted-entropy': 'self-confidence',
};

/** The ranking whose order is the same with so many classes, and which is offered instead; null where there is none. */
export const sameRanking = (method: RankingMethod, classes: number): RankingMethod | null =>
  classes > 2 ? null : (sameWithTwo[method] ?? null);

/** The rankings with so many classes, equal orders once: with two the loss stands for all that one head or its folds say. */
export const distinctRankings = (classes: number): RankingMethod[] =>
  rankingMethods.filter((method) => sameRanking(method, classes) === null);

/** What the queue has learned. */
export interface QueueLearning {
  /** Verdicts that its order has learned from; 0 before the first step. */
  verdicts: number;
  /** null where it cannot be said yet. */
  estimate: ErrorsLeft | null;
  /** Of test accuracy, from the next hundred reviews; null where the runs cannot tell. */
  gain: ExpectedGain | null;
  /** Decisions until it learns again. */
  dueIn: number;
}

export const arrangements = ['rank', 'balanced', 'given', 'confusion', 'state'] as const;
/**
 * What stands together in a queue; within each group images are in order of rank. *Confusion*: given label, then suggested.
 * *Balanced*: the given labels in turn, so that no class is repaired long before the others.
 */
export type Arrangement = (typeof arrangements)[number];

/** One ranking on the images that have a verdict. */
export interface BakedRanking {
  method: RankingMethod;
  averagePrecision: number;
  /** Of the wrong labels, what share is within each checked share of those images. */
  found: number[];
}

/**
 * Which ranking would have brought up the confirmed errors soonest. Only reviewed images count, and the order in use chose
 * most of them: what another would have found elsewhere is not known.
 */
export interface BakeOff {
  reviewed: number;
  /** Images among them whose label was changed or that were excluded. */
  wrong: number;
  /** How many confirmed errors, and how many kept labels, it needs. */
  fewest: number;
  checked: number[];
  /** The best average precision first; null where there are too few verdicts to know. */
  methods: BakedRanking[] | null;
}

/** Before so many verdicts, or so few that say wrong and so few that say right, nothing is said of what is left. */
export const fewestToEstimate = { verdicts: 50, ofEach: 5 };
/** What the next reviews are expected to find is said for so many of them. */
export const reviewsAhead = 100;

/** A number that is not known, and the interval that should hold it nine times in ten. */
export interface Estimate {
  value: number;
  interval: [number, number];
}

/** A difference of shares that is not known, with its 95 % interval. */
export type ExpectedGain = Measured;

/** Wrong labels among the images that are open, and among the next hundred of them in the queue. */
export interface ErrorsLeft {
  left: Estimate;
  next: Estimate;
}
