// A fit of the head, and how far it is to be believed.

/** `unit`: features divided by one scalar so that their mean squared norm is 1; `none`: raw features. */
export type FeatureScale = 'unit' | 'none';

/**
 * What a fit learns: the labels (METHODS 1.2, eq. 2), or the given model's own outputs (eq. 3). The second explains that
 * model and says nothing of labels: they do not enter it.
 */
export const fitTargets = ['labels', 'model'] as const;
export type FitTarget = (typeof fitTargets)[number];

/** What a model makes of its logits. */
export const modelOutputs = ['softmax', 'relu'] as const;
export type ModelOutput = (typeof modelOutputs)[number];

/** `raw`: by value, which add up; `cosine`: by the cosine alone, which no image dominates by its size. */
export const evidenceOrders = ['raw', 'cosine'] as const;
export type EvidenceOrder = (typeof evidenceOrders)[number];

/** What proves that the decomposition holds (METHODS 7.2). Logit errors are in logits. */
export interface Certificate {
  /** ||G||_F of the objective at W. */
  gradientNorm: number;
  /** max over training images and classes of |(G^T f_i)_c| / (2 lambda): how far a logit is from its representer sum. */
  maxLogitError: number;
  /** Root mean square of the training logits, the scale that maxLogitError is judged by. */
  logitRms: number;
  /** ||G||_F^2 / (4 lambda): how far the objective is from its minimum, at most. */
  dualityGap: number;
}

/** How near a fit that imitates the given model comes to it, over some images. Outputs are after softmax or rectifier. */
export interface FidelityOn {
  images: number;
  /** Share of the images of which both predict the same class. */
  agreement: number;
  /** Of the outputs: mean and largest absolute difference, and Pearson's correlation. */
  meanDifference: number;
  largestDifference: number;
  correlation: number;
  /** Largest difference of what the output sees of the logits: less their mean over the classes (softmax), above zero (relu). */
  largestLogitDifference: number;
}

/** This part of the difference is the penalty's; the other, from stopping short of the optimum, is the certificate's. */
export interface Fidelity {
  output: ModelOutput;
  train: FidelityOn;
  /** null where no test image has features. */
  test: FidelityOn | null;
}

export interface FitSummary {
  id: number;
  modelId: number;
  target: FitTarget;
  /** null for a fit of the labels. */
  fidelity: Fidelity | null;
  lambda: number;
  lambdaChosen: 'auto' | 'given';
  featureScale: FeatureScale;
  objective: number;
  iterations: number;
  /** How often the feature matrix was read twice (one gradient or one Hessian-vector product). */
  passes: number;
  seconds: number;
  certificate: Certificate;
  /** Against the labels; for a fit of the model the agreement with it. */
  trainAccuracy: number;
  /** null where no test image has features. */
  testAccuracy: number | null;
  /** The last decision that the labels of this fit include; 0 for the given labels. */
  labelsRevision: number;
  /** The fit whose suspicion and learned order the queue follows: a retrain keeps those of the fit before. */
  rankingFitId: number;
  createdAt: number;
}
