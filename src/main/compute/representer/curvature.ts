// What leave-one-out needs of the Hessian H, for one training image after the other.
import type { OnProgress } from './fit.ts';

/** Some neighbouring training images of a fit, from place `first` on. */
export interface CurvatureBlock {
  first: number;
  count: number;
  /** `target` = A v for the image `index` of the block: A = (f x I)^T H^-1 (f x I) / n, and v (C values) sums to zero. */
  apply(index: number, v: Float64Array, target: Float64Array): void;
}

export interface CurvatureOptions {
  /** n x C: softmax of the logits at the fit's weights. */
  probabilities: Float64Array;
  onProgress: OnProgress;
  signal: AbortSignal;
}

/** All training images of the fit, block by block. */
export type Curvature = (visit: (block: CurvatureBlock) => void) => Promise<void>;
