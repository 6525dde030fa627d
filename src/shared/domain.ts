// The words of the product as types. One word per thing: table, type, call, screen and docs use the same.

export const splits = ['train', 'test', 'ignored'] as const;
/** *train* is reviewed, *test* measures, *ignored* is neither. */
export type Split = (typeof splits)[number];

export const actions = ['keep', 'relabel', 'exclude', 'unsure'] as const;
/** A person's verdict on one image. */
export type Action = (typeof actions)[number];

export const reviewStates = ['open', 'kept', 'relabelled', 'excluded', 'unsure'] as const;
/** Where an image stands after the decisions made so far. */
export type ReviewState = (typeof reviewStates)[number];

export const stateAfter: Record<Action, ReviewState> = {
  keep: 'kept',
  relabel: 'relabelled',
  exclude: 'excluded',
  unsure: 'unsure',
};

export interface LabelClass {
  id: number;
  name: string;
}

export interface ClassCount extends LabelClass {
  train: number;
  test: number;
}

/** Something that could not be read or matched: the path and a sentence. */
export interface Problem {
  path: string;
  reason: string;
}

// --- Model ---------------------------------------------------------------------------------------------------------

export const channelOrders = ['rgb', 'bgr', 'gray'] as const;
export const pixelRanges = ['0-1', '0-255', '-1-1'] as const;

/** How a picture becomes the model's input: resize to width x height, scale to `range`, then (x - mean) / std per channel. */
export interface Preprocessing {
  width: number;
  height: number;
  /** Pixels of the shortest side, to which a picture is scaled before its centre is cut out; null stretches it instead. */
  shortestSide: number | null;
  channels: (typeof channelOrders)[number];
  range: (typeof pixelRanges)[number];
  /** One value per channel, in the model's channel order, in units of `range`. */
  mean: number[];
  std: number[];
}

/** The model's picture input as the graph declares it. */
export interface ModelInput {
  name: string;
  layout: 'nchw' | 'nhwc';
  element: 'float32' | 'uint8' | 'float16';
  channels: number;
  /** null where the graph leaves the size free. */
  height: number | null;
  width: number | null;
  /** The fixed batch size, or null where it is free. */
  batch: number | null;
}

export const headKinds = [
  'Gemm',
  'MatMul',
  'MatMul+Add',
  'Conv1x1',
  'MatMulInteger',
  'QLinearMatMul',
  'QGemm',
  'QLinearConv',
  'none',
] as const;
/** The operator that a head is written with; `none` where a model has no head and its output vector is the features. */
export type HeadKind = (typeof headKinds)[number];

/** The last linear layer: what enters it (`features`, d values) and what leaves it (`logits`, C values). */
export interface Head {
  kind: HeadKind;
  /** Names of the tensors in the graph; `logits` is empty where there is no head. */
  features: string;
  logits: string;
  /** d, without the constant 1 of the bias. */
  dimensions: number;
  /** 0 where there is no head. */
  classes: number;
  /** True if the model's logits are W^T features + b, but for the rounding of its own arithmetic. */
  exact: boolean;
  /** Largest difference of W^T features + b from the model's logits, relative to 1 + the largest logit; null without a head. */
  difference: number | null;
}

/** A picture cut and resized as a model is given it, small enough to be shown. */
export interface PreparedPicture {
  width: number;
  height: number;
  /** Base64 of height x width x 3 bytes. */
  rgb: string;
}

/** What the model itself says of one image. */
export interface PictureLook {
  path: string;
  /** Place of the largest logit, from 0. */
  classIndex: number;
  /** Left out where the file does not name its classes. */
  className?: string;
  /** By softmax. */
  probability: number;
  /** Left out of what a project keeps. */
  picture?: PreparedPicture;
}

/** Whether a provider runs models on this machine, and why not. */
export interface ProviderCheck {
  name: Provider;
  works: boolean;
  reason: string | null;
}

export interface ModelDescription {
  input: ModelInput;
  head: Head;
  preprocessing: Preprocessing;
  /** Sentences for the person: what was guessed, what was passed over. */
  notes: string[];
  /** Of its own classes, in the order of its logits; left out where the file does not give them. */
  classNames?: string[];
  /** Of a few images of the project; left out where there were none to look at. */
  looks?: PictureLook[];
}

/** Which of the model's own classes is which of the data set's: what its own predictions are read by. */
export interface ClassMatch {
  /** The model's classes in the order of its logits; null where nobody has given them names. */
  names: string[] | null;
  /** How many classes the model tells apart. */
  modelClasses: number;
  /** For each class of the data set, in order, the place of the model's class, from 0; null where it has none. */
  places: (number | null)[];
  /** By equal names, in the same order for want of names, or as a person said. */
  by: 'name' | 'order' | 'person';
}

export const providers = ['cpu', 'cuda', 'dml', 'webgpu', 'coreml'] as const;
export type Provider = (typeof providers)[number];

export interface ProviderRefusal {
  name: Provider;
  reason: string;
}

// --- Fit -----------------------------------------------------------------------------------------------------------

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

// --- Review --------------------------------------------------------------------------------------------------------

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
const sameWithTwo: readonly RankingMethod[] = [
  'alpha-norm',
  'margin',
  'margin-cross-fit',
  'normalized-margin',
  'weighted-entropy',
];

/** The rankings with so many classes, equal orders once: with two the loss stands for all that one head or its folds say. */
export const distinctRankings = (classes: number): RankingMethod[] =>
  rankingMethods.filter((method) => classes > 2 || !sameWithTwo.includes(method));

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

/** What a person says of a test label. */
export interface TestVerdict {
  action: 'keep' | 'relabel' | 'exclude';
  /** Where relabelled. */
  classId: number | null;
}

export interface TestLabelRow {
  imageId: number;
  path: string;
  contentKey: string;
  givenClassId: number;
  /** The likeliest other class, its probability, and by how much its logit is above that of the given label. */
  suggestedClassId: number;
  probability: number;
  margin: number;
  verdict: TestVerdict | null;
}

/** Test labels under the newest fit; verdicts on them change the corrected accuracy and nothing else. */
export interface TestLabels {
  images: number;
  /** Labels that the fit speaks against. */
  suspicious: number;
  /** Verdicts, and those among them that are against the label. */
  decided: number;
  corrected: number;
  accuracy: Proportion | null;
  correctedAccuracy: Proportion | null;
  /** The most suspicious first. */
  rows: TestLabelRow[];
}

/** The same picture several times: equal files, or nearly equal pictures. */
export interface DuplicateGroup {
  kind: 'exact' | 'near';
  images: { imageId: number; path: string; contentKey: string; split: Split; classId: number | null }[];
  isAcrossSplits: boolean;
  /** Whether they carry different labels. */
  isContradiction: boolean;
}

export interface DuplicateCounts {
  groups: number;
  images: number;
  acrossSplits: number;
  contradictions: number;
}

export interface Duplicates {
  exact: DuplicateCounts;
  near: DuplicateCounts;
  /** The first of them, those across splits before the others. */
  groups: DuplicateGroup[];
}

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

/** Rankings compared on labels that were made wrong. */
export interface ExperimentResult {
  images: number;
  lambda: number;
  seeds: number;
  noise: ExperimentNoise;
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
}

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
  importance: number;
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
  /** The cells of wrong ones, the largest first, and how many there are; of more than a thousand the first. */
  errors: ConfusionCell[];
  errorCells: number;
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

/** A training image near another one in the space of the features. */
export interface SimilarImage extends QueueRow {
  /** Cosine of the two feature vectors. */
  similarity: number;
}

/** One line of what has happened to an image; notes are lines too. */
export interface HistoryEntry {
  at: number;
  reviewer: string;
  action: Action | 'undo' | 'redo' | 'note';
  /** Label before and after; null for no class. */
  from: number | null;
  to: number | null;
  /** Where in which ranking the reviewer saw it. */
  seen: { method: string; rank: number } | null;
  /** Images that were decided with the same key. */
  images: number;
  /** The text of a note. */
  text: string | null;
}

export interface ImageCard {
  imageId: number;
  contentKey: string;
  path: string;
  split: Split;
  width: number;
  height: number;
  givenClassId: number;
  classId: number | null;
  state: ReviewState;
  suggestedClassId: number;
  /** Logit and probability of each class, in order of class id. */
  logits: number[];
  probabilities: number[];
  /** Place in the order asked for; null for an image that is not in the fit. */
  rank: number | null;
  rankedCount: number;
  /** abs(alpha) of the given label; null for an image that is not in the fit. */
  importance: number | null;
  /** Share of the ranked images whose importance is lower, 0 to 1. */
  importanceQuantile: number | null;
  /** The newest note; '' where there is none. */
  note: string;
}

export interface ReviewProgress {
  /** Train images with any decision, and those with none. */
  decided: number;
  open: number;
  relabelled: number;
  /** Share of the last 50 decisions that changed the label; null before the first. */
  hitRate: number | null;
  /** The same of the 50 before those; null where there are none. */
  hitRateBefore: number | null;
  /** Decisions an hour over the last ten minutes of work; null before the tenth. */
  pacePerHour: number | null;
  /** Median time of the last 50 decisions; null before the first. */
  secondsPerDecision: number | null;
  canUndo: boolean;
  canRedo: boolean;
}

export interface LabelChange {
  imageId: number;
  classId: number | null;
  state: ReviewState;
}

export interface ReviewAnswer {
  changed: LabelChange[];
  progress: ReviewProgress;
}

/** What became of a file of decisions. Lines are counted from 1, the header included. */
export interface FileDecisions {
  applied: number;
  rejected: { line: number; reason: string }[];
}

// --- Runs ----------------------------------------------------------------------------------------------------------

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

/** The head refitted at some steps of the log. */
export interface RecoveryCurve {
  modelId: number;
  lambda: number;
  testImages: number;
  /** Test images of each class, in order of class id. */
  classImages: number[];
  points: CurvePoint[];
  /**
   * The same accuracy had the images come in random order, over some orders: of the reviewed images with the verdicts
   * that they got, or, where the truth is known, of all train images with their true labels.
   */
  random: { images: 'reviewed' | 'all'; orders: number; points: { decisions: number; accuracy: Spread }[] } | null;
  /** With all labels true; null where the truth is not known. */
  clean: { accuracy: Proportion; correct: number[] } | null;
  /** Of the computation. */
  seconds: number;
}

export interface Recovery {
  runs: Run[];
  /** Of the last run against the first; null with fewer than two runs. */
  pairedTest: PairedTest | null;
  /** Accuracy of the last run less that of the first; null with fewer than two runs. */
  difference: Measured | null;
  /** Seconds that all decisions took, where it was timed; null where it never was. */
  secondsSpent: number | null;
  /** The newest that was computed for the current model and lambda; null before. */
  curve: RecoveryCurve | null;
}

// --- Jobs ----------------------------------------------------------------------------------------------------------

export const jobKinds = [
  'sample',
  'import',
  'extract',
  'fit',
  'rank',
  'duplicates',
  'retrain',
  'reproduce',
  'recovery',
  'experiment',
  'report',
  'export',
] as const;
export type JobKind = (typeof jobKinds)[number];

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const;
export type JobState = (typeof jobStates)[number];

/** A whole snapshot each time: a listener that missed some is never wrong. */
export interface Job {
  id: number;
  kind: JobKind;
  state: JobState;
  /** Units of work; total is null until it is known. */
  done: number;
  total: number | null;
  /** What it is doing now, in a few words. */
  stage: string;
  /** A sentence on what came of it, or how far it got. */
  note: string | null;
  /** The sentence of the failure. */
  error: string | null;
  perSecond: number | null;
  secondsLeft: number | null;
  createdAt: number;
  endedAt: number | null;
}

// --- Project -------------------------------------------------------------------------------------------------------

export interface ProjectModel {
  id: number;
  name: string;
  description: ModelDescription;
  /** Classes of the data set that the model's own head knows. */
  matchedClasses: number;
  /** Images with features, and images that should have them. */
  extracted: number;
  extractable: number;
  /** Images that have features by another model or another preprocessing, which are kept and not used. */
  stale: number;
  provider: Provider | null;
  /** Pictures that the model takes at a time there. */
  batch: number | null;
  providersTried: ProviderRefusal[];
}

export interface ProjectOverview {
  name: string;
  displayPath: string;
  images: Record<Split, number>;
  classes: ClassCount[];
  /** The first of them; `problemCount` has all. */
  problems: Problem[];
  problemCount: number;
  /** Format of the label source, or null before an import. */
  source: 'folders' | 'csv' | null;
  model: ProjectModel | null;
  /** The newest fit of the labels. */
  fit: FitSummary | null;
  /** The newest fit that imitates the given model. */
  modelFit: FitSummary | null;
  /** Grows with every change to the project. */
  revision: number;
}

export interface RecentProject {
  id: string;
  name: string;
  displayPath: string;
  openedAt: number;
}

/** A file or folder that a person chose (`grant`), or something below it (`path`, with `/`; '' is the grant itself). */
export interface Place {
  grant: string;
  path: string;
}

export interface Grant {
  id: string;
  displayPath: string;
  kind: 'file' | 'folder';
}

export interface FolderEntry {
  name: string;
  kind: 'file' | 'folder';
}
