// Which training images made a fit say what it says.
import type { FitTarget } from './fit.ts';
import type { ReviewState } from './labels.ts';

/** One training image's part in a logit (or in the difference of two). */
export interface RepresenterPoint {
  imageId: number;
  contentKey: string;
  path: string;
  /** Its label in the fit. */
  classId: number;
  state: ReviewState;
  /** Its place in the learned order, where another label is suggested for it and nobody has decided yet. */
  suspectRank?: number;
  /** What it adds: positive excites, negative inhibits. */
  value: number;
  /** Cosine of the two feature vectors, the bias constant included. */
  similarity: number;
  /** `similarity` times the cosine of alpha and the direction asked for: what `value` is without the sizes of both. */
  cosine: number;
}

/** The parts add up: sum of excitatory + sum of inhibitory + own + remainder + residual = logit. */
export interface Evidence {
  /** The class that is argued for. */
  classId: number;
  /** The class that is argued against, or null for the logit of `classId` alone. */
  againstClassId: number | null;
  /** All logits, in order of class id; of a set of images their sums. */
  logits: number[];
  /** The logit, or the difference of the two logits. */
  logit: number;
  excitatory: RepresenterPoint[];
  inhibitory: RepresenterPoint[];
  /** The image's own term, where it is itself a training image of the fit; else null. */
  own: number | null;
  /** Sum of all training images that are not listed. */
  remainder: number;
  remainderCount: number;
  /** What the representer sum misses of the logit, exactly: G^T f / (2 lambda). */
  residual: number;
  /** The certificate's bound on abs(residual). */
  bound: number;
}

/** Test images of one class that a fit predicts as one class; right ones where the two are the same. */
export interface ConfusionCell {
  classId: number;
  predictedClassId: number;
  images: number;
}

/** What a fit predicts of the test split. */
export interface Confusion {
  fit: FitTarget;
  fitId: number;
  testImages: number;
  /** Images that are predicted right, in order of class id. */
  right: number[];
  wrong: number;
  /** The cells of wrong ones, the largest first. */
  errors: ConfusionCell[];
}

export interface CellImage {
  imageId: number;
  contentKey: string;
  path: string;
  /** Logit of its label less the largest other one: how wrong it is, below zero. */
  margin: number;
}

/** A page of the images of a cell, the lowest margin first. */
export interface CellImages {
  total: number;
  from: number;
  rows: CellImage[];
}

/** A training image that holds the true class down in a cell. */
export interface RecurringPoint extends RepresenterPoint {
  /** Of how many of the counted images it is itself among the first inhibitory points, as many as are listed. */
  recurrence: number;
}

/**
 * What the images of a cell have in common (METHODS 1.7): the logits summed over them, of the true class over the predicted
 * one, as the sum of the listed inhibitory points, the remainder and the residual.
 */
export interface CellEvidence extends Evidence {
  inhibitory: RecurringPoint[];
  images: number;
  /** Images that were looked at one by one: all, or a thousand from all over the cell. */
  counted: number;
}
