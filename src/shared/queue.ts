// The queue: a query, what it finds, and its pages.
import type { ReviewState, Split } from './labels.ts';
import type { Arrangement, RankingMethod } from './ranking.ts';

/** Which images, in which order. A value: two equal queries are the same queue. Each part narrows; all where left out. */
export interface QueueQuery {
  method: RankingMethod;
  arrangement?: Arrangement | undefined;
  /** Train where left out. Images of the other splits have no rank and come in order of import. */
  split?: Split | undefined;
  states?: ReviewState[] | undefined;
  /** The label as imported, the label now, and the label that the model suggests. */
  givenClassId?: number | undefined;
  classId?: number | undefined;
  suggestedClassId?: number | undefined;
  /** Both included. */
  scoreFrom?: number | undefined;
  scoreTo?: number | undefined;
  /** Only images that this reviewer has decided at some time. */
  reviewer?: string | undefined;
  /** Only images whose path holds this text, whatever its case. */
  path?: string | undefined;
}

/** How many images a query finds; for each part of it, how many there would be with each choice of that part. */
export interface QueueCounts {
  total: number;
  states: Record<ReviewState, number>;
  /** In order of class id. */
  given: number[];
  classes: number[];
  suggested: number[];
  /** The most frequent pairs of unequal labels, descending. */
  confusions: { givenClassId: number; suggestedClassId: number; images: number }[];
  /** Lowest and highest score that is found; null where nothing is. */
  scores: { lowest: number; highest: number } | null;
  /** All who have decided anything in this project. */
  reviewers: string[];
}

export interface QueueRow {
  imageId: number;
  contentKey: string;
  path: string;
  /** 1-based place in the ranking of the whole train split, whatever the query leaves out; 0 for an image without a rank. */
  rank: number;
  givenClassId: number;
  /** The label now; null where excluded. */
  classId: number | null;
  suggestedClassId: number;
  /** Of the suggested class by the noise-corrected posterior, and the class that is next likely; null where unknown. */
  probability: number | null;
  secondClassId: number | null;
  state: ReviewState;
  score: number;
  /** abs(alpha) of the label in the fit. */
  importance: number | null;
}

export interface QueuePage {
  /** Ask again with this to get pages of the same order. */
  order: string;
  total: number;
  /** Place of the first open image at or after the start of the order, or null. */
  firstOpen: number | null;
  from: number;
  rows: QueueRow[];
}

/** A training image near another one in the space of the features; its rank is 0, since no ranking led to it. */
export interface SimilarImage extends QueueRow {
  /** Cosine of the two feature vectors. */
  similarity: number;
}
