// Heads on labels that are not simply believed: what rankings are made from.
import { measureGap } from '../representer/certificate.ts';
import type { FeatureMatrix } from '../representer/feature-matrix.ts';
import { dealFolds } from '../representer/folds.ts';
import { descend } from '../representer/lbfgs.ts';
import type { Point } from '../representer/objective.ts';
import { createOnnxProducts } from '../representer/onnx-products.ts';
import type { Preconditioners } from '../representer/preconditioners.ts';
import { createSoftObjective, type SoftTargets } from './soft-objective.ts';

/** Where heads are fitted: rows of the matrix, divided by `scale`, all at one lambda. */
export interface HeadContext {
  matrix: FeatureMatrix;
  preconditioners: Preconditioners;
  /** Matrix rows, ascending. */
  rows: Int32Array;
  classes: number;
  scale: number;
  lambda: number;
  signal: AbortSignal;
}

/** Largest duality gap relative to the objective: orders do not move any more below it. */
const gapTolerance = 1e-5;
const maxIterations = 200;
const folds = 5;

/**
 * W ((d + 1) x C, row-major) at the minimum for these targets, from `start`. `onPoint` is shown every point of the way.
 */
export async function fitSoftHead(
  { matrix, preconditioners, rows, classes, scale, lambda, signal }: HeadContext,
  targets: SoftTargets,
  start: Float64Array = new Float64Array((matrix.dimensions + 1) * classes),
  onPoint: (point: Point) => Promise<void> = async () => {},
): Promise<Float64Array> {
  const objective = createSoftObjective(matrix, rows, targets, scale, lambda, signal);
  const precondition = await preconditioners.open(rows, scale, classes, lambda, signal);
  const isDone = async (point: Point) => {
    await onPoint(point);
    return measureGap(point, lambda) <= gapTolerance * point.value;
  };
  const { point } = await descend(objective, await objective.evaluate(start), { precondition, isDone, maxIterations });
  return point.weights;
}

/** Logits of the rows under a head, n x C. */
export async function predictRows(
  { matrix, rows, classes, scale, signal }: HeadContext,
  weights: Float64Array,
): Promise<Float64Array> {
  const logits = new Float64Array(rows.length * classes);
  const products = createOnnxProducts(matrix, rows, scale, signal, 'float32');
  await products.multiply(weights, (block, first) => logits.set(block, first * classes));
  return logits;
}

/** Targets that believe each label; rows whose weight is 0 are left out. */
export function believeLabels(labels: Int32Array, classes: number, weights?: Float32Array): SoftTargets {
  const targets = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => (targets[row * classes + label] = weights ? weights[row]! : 1));
  return { targets, weights: weights ?? new Float32Array(labels.length).fill(1) };
}

/**
 * Logits (n x C) of each row from a head that has not seen its target: five folds, dealt by class of `labels` and by `seed`
 * unless `foldOf` says which each row is in. A row of weight 0 is in no fit and is predicted all the same.
 */
export async function crossFit(
  context: HeadContext,
  labels: Int32Array,
  { targets, weights }: SoftTargets,
  { seed = 1, start, foldOf }: { seed?: number; start?: Float64Array; foldOf?: Int32Array } = {},
): Promise<Float64Array> {
  const { classes, rows } = context;
  const count = Math.min(folds, labels.length);
  foldOf ??= dealFolds(labels, classes, count, seed);
  const logits = new Float64Array(labels.length * classes);
  for (let fold = 0; fold < count; fold++) {
    const isSeen = Uint8Array.from(foldOf, (of) => (of === fold ? 0 : 1));
    const seen = {
      targets: targets.map((value, at) => value * isSeen[Math.floor(at / classes)]!),
      weights: weights.map((weight, row) => weight * isSeen[row]!),
    };
    const head = await fitSoftHead(context, seen, start);
    start ??= head;
    const places = [...isSeen.keys()].filter((row) => isSeen[row] === 0);
    const held = await predictRows({ ...context, rows: Int32Array.from(places, (row) => rows[row]!) }, head);
    places.forEach((row, index) => logits.set(held.subarray(index * classes, (index + 1) * classes), row * classes));
  }
  return logits;
}
