// Runs, their comparison and the recovery curve.
import type { Spread, TruthReading } from './experiment.ts';
import type { Certificate, FeatureScale } from './fit.ts';
import type { Preprocessing, Provider } from './model.ts';

/** A proportion with its 95 % Wilson interval. */
export interface Proportion {
  value: number;
  interval: [number, number];
}

/** A number of a run with its 95 % interval, by bootstrap over the test images. */
export interface Measured {
  value: number;
  interval: [number, number];
}

export interface ClassAccuracy {
  classId: number;
  /** Test images of the class, those of them that are called by it, and all that are. */
  images: number;
  correct: number;
  predicted: number;
}

/** What a run was made by. */
export interface Versions {
  app: string;
  onnxruntime: string;
  node: string;
  system: string;
  /** What the fit was multiplied by; missing where that was the CPU. */
  device?: Provider;
}

/** With the features of the project, all that is needed to make a run again. */
export interface RunRecord {
  /** The last decision that the labels include; 0 for the given labels. */
  labelsRevision: number;
  model: { name: string; sha256: string; preprocessing: Preprocessing };
  lambdaChosen: 'auto' | 'given';
  featureScale: FeatureScale;
  tolerance: number;
  /** The fit whose weights it began with; null where it began at zero. */
  startFitId: number | null;
  versions: Partial<Versions>;
}

export interface Run {
  id: number;
  fitId: number;
  createdAt: number;
  /** Train images with a decision, and those whose label differs from the given one, when the run was made. */
  decisions: number;
  changedLabels: number;
  testImages: number;
  accuracy: Proportion;
  /** The mean over classes of the share of their test images that is right. */
  balancedAccuracy: number;
  /** Of the classes that have test images or are predicted, in order of class id. */
  perClass: ClassAccuracy[];
  lambda: number;
  certificate: Certificate;
  provider: string;
  seconds: number;
  record: RunRecord;
}

/** Test images by the probability of their predicted class. */
export interface ReliabilityBin {
  /** The probabilities of this bin. */
  from: number;
  to: number;
  images: number;
  /** Mean probability of the predicted class, and the share that is right; a bin without images is left out. */
  confidence: number;
  accuracy: Proportion;
}

/** What a run says of the test split beyond its accuracy; computed from its weights when asked for. */
export interface RunMeasures {
  runId: number;
  balancedAccuracy: Measured;
  /** Mean of -log p of the label, in nats. */
  logLoss: Measured;
  /** Expected calibration error: the mean distance of accuracy and confidence over the bins, weighted by their images. */
  calibrationError: Measured;
  reliability: ReliabilityBin[];
  /** null where the class has no test image, or is never predicted. */
  perClass: { classId: number; recall: Proportion | null; precision: Proportion | null }[];
  /** Pairs of label and prediction that occur, right ones too. */
  confusion: { classId: number; predictedClassId: number; images: number }[];
}

/** A run made again from its record. */
export interface Reproduction {
  runId: number;
  testImages: number;
  /** Test images that are predicted otherwise than recorded. */
  otherPredictions: number;
  lambda: { recorded: number; again: number };
  /** The largest difference of any alpha, and how large it may be by both certificates (METHODS 7.2). */
  alphaDifference: number;
  alphaBound: number;
  accuracy: { recorded: number; again: number };
  /** Same predictions, and alpha within the bound. */
  isReproduced: boolean;
  versions: { recorded: Partial<Versions>; now: Versions };
  seconds: number;
}

/** A test image that two runs judge differently, with what each predicts. */
export interface TurnedImage {
  imageId: number;
  contentKey: string;
  path: string;
  classId: number;
  beforeClassId: number;
  afterClassId: number;
}

/** Two runs on the test images that both judged. */
export interface RunComparison {
  beforeId: number;
  afterId: number;
  pairedTest: PairedTest;
  /** Accuracy after, less accuracy before. */
  difference: Measured;
  /** Train labels that differ between the two. */
  changedLabels: number;
  perClass: { classId: number; images: number; turnedRight: number; turnedWrong: number }[];
  /** Those that turned right first, then those that turned wrong, at most a few thousand; then no others. */
  turned: TurnedImage[];
}

/** A train label that changed between two runs, and its representer value for a test image in each. */
export interface ChangedPoint {
  imageId: number;
  contentKey: string;
  path: string;
  /** null where the image was not in the fit. */
  classBefore: number | null;
  classAfter: number | null;
  before: number;
  after: number;
}

/** Why a test image turned: its logit of one class less that of another, before and after, by changed train labels. */
export interface RunCauses {
  imageId: number;
  classId: number;
  againstClassId: number;
  before: number;
  after: number;
  /** The changed labels with the largest change of representer value, whichever its sign. */
  changed: ChangedPoint[];
  /** All changed labels: how many, and the sum of their changes. */
  changedCount: number;
  changedSum: number;
  /** What all other train images add to the change, both residuals included. */
  othersSum: number;
}

/** McNemar's exact test on the test images that the two runs judge differently. */
export interface PairedTest {
  turnedRight: number;
  turnedWrong: number;
  pValue: number;
}

/** The first steps of a retrain, taken at once: near its result, and not stored. */
export interface RetrainPreview {
  /** Train labels that are others than in the fit. */
  changedLabels: number;
  testAccuracyBefore: number;
  testAccuracy: number;
  /** How far logits may be from their representer sums, relative to the RMS logit: the certificate of these steps. */
  logitError: number;
}

/** Test accuracy after so many decisions. */
export interface CurvePoint {
  /** Train images with a decision, and those whose label differs from the given one. */
  decisions: number;
  changedLabels: number;
  labelsRevision: number;
  /** What the decisions took, where the time was taken; null before the first that was timed. */
  secondsSpent: number | null;
  accuracy: Proportion;
  /** Test images that are right, for each class in order of class id. */
  correct: number[];
}

/** As many decisions as at a step of the curve, in the time that those took, in random order. */
export interface RandomPoint extends Pick<CurvePoint, 'decisions' | 'secondsSpent'> {
  accuracy: Spread;
  /** Test images that are right, for each class in order of class id: the mean over the orders. */
  correct: number[];
}

/** The head refitted at some steps of the log. */
export interface RecoveryCurve {
  modelId: number;
  lambda: number;
  featureScale: FeatureScale;
  /** The newest fit when it was drawn. */
  fitId: number;
  testImages: number;
  /** Test images of each class, in order of class id. */
  classImages: number[];
  points: CurvePoint[];
  /**
   * The same had the images come in random order, over some orders: of the reviewed images with the verdicts that they got,
   * or, where the truth is known, of all train images with their true labels. null where there is nothing between the ends.
   */
  random: { images: 'reviewed' | 'all'; orders: number; points: RandomPoint[] } | null;
  /** With all labels true; null where the truth is not known. */
  clean: { accuracy: Proportion; correct: number[] } | null;
  /** What the file of true labels told; null without one. */
  truth: TruthReading | null;
  /** Of the computation. */
  seconds: number;
}

export interface Recovery {
  runs: Run[];
  /** Runs of the model under another lambda or feature scale, which are not among these. */
  otherRuns: number;
  /** Of the last run against the first; null with fewer than two runs. */
  pairedTest: PairedTest | null;
  /** Accuracy of the last run less that of the first; null with fewer than two runs. */
  difference: Measured | null;
  /** Seconds that all decisions took, where it was timed; null where it never was. */
  secondsSpent: number | null;
  /** The newest that was computed for the current model, lambda and feature scale; null before. */
  curve: RecoveryCurve | null;
  /** Whether there are decisions or runs that the curve does not know of. */
  isCurveOlder: boolean;
}
