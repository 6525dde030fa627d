// Every call between core and compute. Both ends are ours and run the same build, so these are types alone;
// typed arrays may cross. Row numbers are places in the matrix of all images (row = image id - 1).
import type { ExperimentMethod } from './experiment.ts';
import type { Certificate, EvidenceOrder, FeatureScale, FitTarget, ModelOutput } from './fit.ts';
import type { ModelDescription, Preprocessing, Provider, ProviderCheck, ProviderRefusal } from './model.ts';
import type { BakedRanking, ErrorsLeft, RankingMethod } from './ranking.ts';
import type { Stage } from './told.ts';

export interface MeasuredImage {
  /** null where the file could be read and its picture header understood; else a sentence. */
  problem: string | null;
  /** Hex; of the bytes, also where the picture is broken. Empty where the file cannot be read. */
  sha256: string;
  /** As shown: after EXIF orientation. 0 where unknown. */
  width: number;
  height: number;
  sizeBytes: number;
}

export interface ExtractedBlock {
  /** count x d, row-major; zeros for failed images. */
  features: Float32Array;
  /** count x C of the model's own head; zeros for failed images. */
  logits: Float32Array;
  /** Index within the block, and a sentence. */
  failed: { index: number; reason: string }[];
}

/** One training image of a fit. */
export interface FitRows {
  /** Matrix rows, ascending. */
  rows: Int32Array;
  /** Class index (0-based) of each. */
  labels: Int32Array;
  classes: number;
}

export interface FitRequest extends FitRows {
  lambda: number | 'auto';
  featureScale: FeatureScale;
  /** Largest accepted logit error relative to the RMS logit. */
  tolerance: number;
  /** Where to start: W of an earlier fit of the same shape and scale, (d + 1) x C row-major. */
  start?: Float64Array;
  /** The fit that `start` is of, where its labels are known: only what changed since is evaluated then. */
  startFit?: EarlierFit;
  /** Where given, the fit's target is the model: these outputs are learnt and the labels are not. */
  imitate?: Imitation;
  /**
   * Matrix rows that the preconditioner is made of; those of the fit where left out. The same for all fits of a model, so
   * that a fit that is made again takes the same steps, whatever was fitted before it.
   */
  anchor?: Int32Array;
  /** Not on the device of the features: a fit that is made again takes the steps of one that was made on the CPU. */
  isOnCpu?: boolean;
}

/** What is known of a fit that another goes on from. */
export interface EarlierFit
  extends Pick<FitRows, 'rows' | 'labels'>, Pick<FitAnswer, 'lambda' | 'scale' | 'objective' | 'gradient'> {
  logitRms: number;
}

/** A head by itself: W, (d + 1) x C row-major, for features divided by `scale`. */
export interface HeadWeights {
  weights: Float64Array;
  scale: number;
  classes: number;
}

/** The given model's own logits of the rows of a fit, n x C row-major, and what it makes of them. */
export interface Imitation {
  output: ModelOutput;
  logits: Float32Array;
}

export interface FitAnswer {
  lambda: number;
  /** The scalar that features were divided by. */
  scale: number;
  objective: number;
  iterations: number;
  passes: number;
  seconds: number;
  /** (d + 1) x C, row-major; the last row is the bias. */
  weights: Float64Array;
  /** n x C, row-major, in the order of `rows`. */
  alpha: Float64Array;
  /** (d + 1) x C: the gradient at `weights`, from which every residual follows. */
  gradient: Float64Array;
  certificate: Certificate;
  /** Whether maxLogitError / logitRms came down to the tolerance. */
  reached: boolean;
  /** The longest feature vector among the rows, scaled and with the bias constant. */
  longest: number;
  /** Where the descent was multiplied; what it ended in was always evaluated on the CPU. */
  provider: Provider;
  /** The device of the features, where it was to multiply and could not. */
  refused: ProviderRefusal | null;
  /** Version of ONNX Runtime. */
  engine: string;
}

/** Everything that `explain` and `predict` need of a fit. */
export interface LoadedFit extends FitRows {
  target: FitTarget;
  lambda: number;
  scale: number;
  weights: Float64Array;
  gradient: Float64Array;
  /** n x C, row-major. */
  alpha: Float32Array | Float64Array;
}

/** A head and the labels that it was fitted to. */
export interface FittedHead extends HeadWeights {
  lambda: number;
  /** Images of the fit. */
  count: number;
  /** Class index of each of the rows that are asked for; -1 where it was not in the fit. */
  labels: Int32Array;
}

export interface ChangeRequest {
  before: FittedHead;
  after: FittedHead;
  /** Train rows whose labels differ between the two. */
  rows: Int32Array;
  /** The row whose logit of `toward` less that of `against` is taken apart. */
  row: number;
  toward: number;
  against: number;
}

export interface ChangeAnswer {
  /** The difference of the two logits under each head. */
  before: number;
  after: number;
  /** Representer value of each of the rows in it. */
  valuesBefore: Float64Array;
  valuesAfter: Float64Array;
}

export interface PreviewAnswer {
  /** Of the rows that were asked for, rows x C. */
  logits: Float64Array;
  /** Largest logit error of these steps over the train rows, relative to their RMS logit. */
  logitError: number;
}

export interface ExplainRequest {
  /** Which of the fits that are loaded. */
  fit: FitTarget;
  /** Matrix rows of the images to explain: one, or a set, of which the logits' sums are explained. */
  rows: Int32Array;
  /** Class indices; `against` null for a single logit. */
  toward: number;
  against: number | null;
  /** How many points of each sign. */
  count: number;
  order: EvidenceOrder;
}

export interface ExplainedPoint {
  row: number;
  /** What it adds to the logit. */
  value: number;
  /** Cosine of the two feature vectors, the bias constant included. */
  similarity: number;
  /** `similarity` times the cosine of alpha and the direction asked for: what `value` is without the sizes of both. */
  cosine: number;
}

export interface ExplainAnswer {
  /** All C logits of the image, or their sums over the set. */
  logits: Float64Array;
  /** Logit of `toward`, less that of `against` where given. */
  logit: number;
  excitatory: ExplainedPoint[];
  inhibitory: ExplainedPoint[];
  /** The term of the image itself; null where it is not in the fit, and for a set. */
  own: number | null;
  remainder: number;
  remainderCount: number;
  residual: number;
  bound: number;
}

/** What a set of images has in common: the points of their sum, and how many of the images each is a point of. */
export type RecurringRequest = Omit<ExplainRequest, 'order'>;

/** Everything but the inhibitory points is in the remainder. */
export interface RecurringAnswer extends ExplainAnswer {
  /** Images that were looked at one by one: all, or a thousand from all over the set. */
  counted: number;
  /** Of each inhibitory point: of how many of them it is among the `count` most inhibitory ones. */
  recurrence: Int32Array;
}

export interface LeaveOneOutRequest {
  /** `auto` is exact where that takes seconds. */
  method: 'auto' | 'exact' | 'ek-fac';
}

export interface LeaveOneOutAnswer {
  method: 'exact' | 'ek-fac';
  /** n x C, row-major, in the order of the fit's `rows`: of each image as if the fit had not seen its label. */
  logits: Float64Array;
  /** r^T A r of each image: by how much its own loss would be higher without it, to first order. */
  selfInfluence: Float64Array;
}

/** A head to be put in the place of the model's own. */
export interface ExportRequest {
  path: string;
  /** Of the file that the features are of. */
  sha256?: string;
  preprocessing: Preprocessing;
  /** The output whose head is replaced, of a model with several. */
  output?: string | undefined;
  /** What the check runs on: where the features came from, so that only the head can differ. */
  provider: Provider;
  /** (d + 1) x C, row-major; the last row is the bias. Logits are W^T (f / scale) + bias. */
  weights: Float64Array;
  scale: number;
  /** C, in the order of the logits. */
  classNames: string[];
  metadata: Record<string, string>;
  /** The file to write; its folder gets copies of the model's external files where it is another folder. */
  target: string;
  /** Pictures to check it on, and the logits that it should make of each, count x C. */
  paths: string[];
  logits: Float64Array;
}

export interface ExportAnswer {
  /** Largest difference of the file's logits from those expected, relative to the largest of them. */
  difference: number;
  checked: number;
  /** Names of the files that were copied beside it. */
  copied: string[];
  notes: string[];
}

/** What rankings are made of: the images as they were given, and what people have decided about them. */
export interface RankRequest extends FitRows {
  /** Of each row the class that was decided, -1 where nothing was, -2 where it has no class and is to be left out. */
  truth: Int32Array;
  /** Those of the fit. */
  lambda: number;
  scale: number;
}

/** Class indices by the noise-corrected posterior. */
export interface Suggestions {
  /** The likeliest class of each row, and its probability. */
  suggested: Int32Array;
  probability: Float32Array;
  /** The next likeliest. */
  second: Int32Array;
}

export interface RankAnswer extends Suggestions {
  /** n for each method that was asked for; the higher the more suspicious. */
  scores: Partial<Record<RankingMethod, Float64Array>>;
}

export interface Verdicts {
  /** Places among the rows that a verdict was passed on, and 1 where the label was wrong. */
  judged: Int32Array;
  isWrong: Uint8Array;
}

export interface LearnRequest extends RankRequest, Verdicts {
  /** Places of the rows that are to be ordered. */
  open: Int32Array;
  /** Draws the explored ones. */
  seed: number;
}

export interface LearnedOrder extends Suggestions {
  /** The open places, the most suspicious first, now and then one that was drawn from all that were left. */
  order: Int32Array;
  /** n. */
  score: Float64Array;
  estimate: ErrorsLeft | null;
}

export interface ExperimentRequest {
  /** Matrix rows of the train images, ascending, and their true class indices. */
  rows: Int32Array;
  truth: Int32Array;
  /** The labels as they are given, or null where a share of the true ones is to be flipped. */
  given: Int32Array | null;
  flip: { share: number; kind: 'symmetric' | 'pairs' };
  testRows: Int32Array;
  testTruth: Int32Array;
  classes: number;
  lambda: number | 'auto';
  featureScale: FeatureScale;
  methods: ExperimentMethod[];
  seeds: number;
  /** Shares of the images after which is measured. */
  checked: number[];
  /** Where given, the features are the pixels of these files: train images, then test images. */
  pixels: string[] | null;
}

/** One ranking under one seed, at each share. */
export interface ExperimentCurve {
  method: ExperimentMethod;
  seed: number;
  found: number[];
  /** null without test images. */
  accuracy: (number | null)[];
  averagePrecision: number;
  auroc: number;
}

export interface ExperimentAnswer {
  lambda: number;
  curves: ExperimentCurve[];
  /** For each seed: the share of wrong labels, and test accuracy with them and without any; null without test images. */
  ends: { wrong: number; before: number | null; clean: number | null }[];
}

export type ComputeCalls = {
  /** Hash and header of each file, in order. Never throws for one bad file. */
  'images.measure': { params: { paths: string[] }; result: MeasuredImage[] };

  /** Understands an ONNX file and proves it on made-up pictures; `choice` is laid over the guessed preprocessing, `pictures` are looked at, and `output` is the one whose head is used. Throws 'unsupported' or 'unreadable' with a sentence, 'bad-request' where the choice does not fit. */
  'model.inspect': {
    params: { path: string; choice?: Partial<Preprocessing>; pictures?: string[]; output?: string };
    result: ModelDescription & { sha256: string };
  };
  /** Every provider of this system in the order of preference, tried one at a time. */
  'providers.check': { params: Record<string, never>; result: ProviderCheck[] };
  /** Makes a session on the best provider that works; extraction uses it until the next `model.open`. Throws 'conflict' where the file is not the one of that hash. */
  'model.open': {
    params: {
      path: string;
      sha256?: string;
      preprocessing: Preprocessing;
      /** The output whose head is used, of a model with several. */
      output?: string | undefined;
      provider: 'auto' | Provider;
      batch?: number;
      /** What an earlier trial found: holds where the same provider is chosen again. */
      known?: { provider: Provider; batch: number };
    };
    result: { provider: Provider; batch: number; providersTried: ProviderRefusal[] };
  };
  /** Features and logits of up to a few hundred images. Two calls may be under way: decoding of one overlaps inference of the other. */
  'model.extract': { params: { paths: string[] }; result: ExtractedBlock };
  /** Writes the model with another head and checks it by running it. Throws 'unsupported' where it does not make the logits; nothing is left then. */
  'model.export': { params: ExportRequest; result: ExportAnswer };

  /** Room for rows x d features; forgets the fit. Fits are multiplied by `provider` where that can be, and by the CPU where it is left out. */
  'matrix.open': { params: { rows: number; dimensions: number; provider?: Provider }; result: null };
  'matrix.fill': { params: { firstRow: number; features: Float32Array }; result: null };

  /** Fits the head (METHODS 0) and keeps it as the loaded fit of its target. Throws 'bad-request' for a lambda that is not positive and the like. */
  'fit.run': { params: FitRequest; result: FitAnswer };
  'fit.load': { params: LoadedFit; result: null };
  /** Logits of matrix rows under the loaded fit of a target, or under other weights; rows x C; NaN where features are not finite. */
  'fit.predict': { params: { fit: FitTarget | HeadWeights; rows: Int32Array }; result: Float64Array };
  /** Approximate leave-one-out logits of the images of the loaded fit of the labels (METHODS 7.4). */
  'fit.leaveOneOut': { params: LeaveOneOutRequest; result: LeaveOneOutAnswer };
  /** The first steps from the loaded fit of the labels towards a refit on the labels as they are now; changes nothing. */
  'fit.preview': { params: FitRows & { predict: Int32Array; anchor: Int32Array }; result: PreviewAnswer };
  /** What changed train labels add to a logit difference of one image under two heads (METHODS 1.1). */
  'fit.change': { params: ChangeRequest; result: ChangeAnswer };
  'fit.explain': { params: ExplainRequest; result: ExplainAnswer };
  /** The training images that hold a class down in a whole set of images (METHODS 1.7). */
  'fit.recurring': { params: RecurringRequest; result: RecurringAnswer };
  /** The training rows of the loaded fit with the largest cosine to a row's features, itself left out, descending. */
  'fit.nearest': {
    params: { row: number; count: number };
    result: { rows: Int32Array; similarities: Float64Array };
  };

  /** Writes a WebP of a picture, upright, `width` pixels wide and high at most. Throws 'unreadable' with a sentence. */
  'picture.shrink': { params: { path: string; out: string; width: number }; result: null };

  /** Scores of all rows by each method, and what each should be labelled instead. */
  'rank.run': { params: RankRequest & { methods: RankingMethod[] }; result: RankAnswer };
  /** How soon each method would have come to the wrong labels, after each share of the judged rows. */
  'rank.bakeOff': {
    params: RankRequest & Verdicts & { methods: RankingMethod[]; checked: number[] };
    result: BakedRanking[];
  };
  /** One step of the queue that learns, from the last ranking of the same rows; where there is none, it makes one first. */
  'rank.learn': { params: LearnRequest; result: LearnedOrder };

  /** Pairs of nearly equal pictures, as places among the rows, whose files are `paths`. */
  'duplicates.find': { params: { rows: Int32Array; paths: string[] }; result: { pairs: [number, number][] } };

  /** Compares rankings on labels that were made wrong. Throws 'bad-request' where no features are loaded and none are read. */
  'experiment.run': { params: ExperimentRequest; result: ExperimentAnswer };
  /** Draws an SVG as a PNG. */
  'picture.draw': { params: { svg: string; out: string }; result: null };

  /** Draws the sample data set below `folder` and writes its model; deterministic. */
  'sample.draw': { params: { folder: string }; result: null };
};

export type ComputeEvents = {
  /**
   * Progress of the call under way that takes long: `fit.run`, `fit.leaveOneOut`, `rank.run`, `rank.bakeOff`, `experiment.run`,
   * `sample.draw`; and of `model.extract` the images that have gone through the model since it was opened.
   */
  progress: { done: number; total: number | null; stage: Stage };
};
