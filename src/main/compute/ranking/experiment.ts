// The study of dataset debugging (METHODS 1.5): labels are made wrong, a reviewer who knows the truth walks each ranking,
// and after each share it is measured how many of the wrong ones were found and what the head scores.
import type {
  ComputeEvents,
  ExperimentAnswer,
  ExperimentCurve,
  ExperimentRequest,
} from '../../../shared/compute-contract.ts';
import { tell } from '../../../shared/told.ts';
import { createRandom, shuffle } from '../../../shared/random.ts';
import { decodePicture } from '../decode.ts';
import { mapInParallel } from '../in-parallel.ts';
import { FeatureMatrix } from '../representer/feature-matrix.ts';
import { fitHead } from '../representer/fit.ts';
import { Preconditioners } from '../representer/preconditioners.ts';
import { believeLabels, fitSoftHead, predictRows, type HeadContext } from './heads.ts';
import { measureAuroc, measureFound, measurePrecision } from './measures.ts';
import { openMethods } from './methods.ts';

/** Side of the pictures whose pixels are the features, and how many are decoded at a time. */
const side = 32;
const picturesAtOnce = 16;

/**
 * Curves of each method, one for each seed. Where lambda is 'auto' it is chosen by the noisy labels alone, with the first
 * seed. `matrix` holds the features, unless the pixels themselves are asked for. Throws 'bad-request' where no label is
 * wrong, or every one.
 */
export async function runExperiment(
  request: ExperimentRequest,
  matrix: FeatureMatrix | undefined,
  report: (progress: ComputeEvents['progress']) => void,
  signal: AbortSignal,
): Promise<ExperimentAnswer> {
  const { methods, seeds, checked, classes, truth, testTruth, pixels } = request;
  const n = truth.length;
  const own = pixels ? await readPixels(pixels, report, signal) : matrix!;
  const rows = pixels ? Int32Array.from({ length: n }, (_, row) => row) : request.rows;
  const testRows = pixels ? Int32Array.from(testTruth, (_, row) => n + row) : request.testRows;
  const preconditioners = new Preconditioners(own);
  const curves: ExperimentCurve[] = [];
  const ends: ExperimentAnswer['ends'] = [];
  let settings: { lambda: number; scale: number } | undefined;
  for (let seed = 1; seed <= seeds; seed++) {
    const given = request.given ?? flipLabels(truth, classes, request.flip, seed);
    if (!settings) {
      const asked = { rows, labels: given, classes, lambda: request.lambda, featureScale: request.featureScale };
      settings = await fitHead(own, { ...asked, tolerance: 1 }, report, signal, preconditioners);
    }
    const { lambda, scale } = settings;
    const context: HeadContext = { matrix: own, preconditioners, rows, classes, lambda, scale, signal };
    const isWrong = Uint8Array.from(given, (label, row) => Number(label !== truth[row]));
    if (!isWrong.includes(1)) throw tell('bad-request', 'no-label-wrong', {});
    if (!isWrong.includes(0)) throw tell('bad-request', 'every-label-wrong', {});
    const { scores } = openMethods(context, { labels: given, truth: new Int32Array(n).fill(-1) }, seed);
    const accuracyAfter = openAccuracy(context, given, truth, testRows, testTruth);
    ends.push({
      wrong: isWrong.reduce((sum, value) => sum + value, 0) / n,
      before: await accuracyAfter([], 0),
      clean: await accuracyAfter([...truth.keys()], 1),
    });
    for (const [index, method] of methods.entries()) {
      report({ done: (seed - 1) * methods.length + index, total: seeds * methods.length, stage: 'comparing-rankings' });
      // Another stream than the one that drew the flips.
      const random = createRandom(1000 + seed);
      const score = method === 'random' ? Float64Array.from({ length: n }, () => random()) : await scores[method]();
      const order = [...score.keys()].sort((a, b) => score[b]! - score[a]! || a - b);
      const curve: ExperimentCurve = {
        method,
        seed,
        found: checked.map((share) => measureFound(order, isWrong, share)),
        accuracy: [],
        averagePrecision: measurePrecision(score, isWrong),
        auroc: measureAuroc(score, isWrong),
      };
      for (const share of checked) curve.accuracy.push(await accuracyAfter(order, share));
      curves.push(curve);
    }
  }
  return { lambda: settings!.lambda, curves, ends };
}

/** Labels of which a share, drawn anew for each seed, is another class: any, or the next one in pairs. */
export function flipLabels(
  truth: Int32Array,
  classes: number,
  { share, kind }: ExperimentRequest['flip'],
  seed: number,
): Int32Array {
  const random = createRandom(seed);
  const flipped = truth.slice();
  const drawn = shuffle([...truth.keys()], random).slice(0, Math.round(share * truth.length));
  for (const row of drawn) {
    const step = kind === 'pairs' ? 1 : 1 + Math.floor(random() * (classes - 1));
    flipped[row] = (truth[row]! + step) % classes;
  }
  return flipped;
}

/** Test accuracy of a head fitted after the first share of an order was set right; null without a test split. */
function openAccuracy(
  context: HeadContext,
  given: Int32Array,
  truth: Int32Array,
  testRows: Int32Array,
  testTruth: Int32Array,
) {
  const { classes } = context;
  let start: Float64Array | undefined;
  return async (order: readonly number[], share: number): Promise<number | null> => {
    if (testRows.length === 0) return null;
    const labels = given.slice();
    for (const row of order.slice(0, Math.round(share * order.length))) labels[row] = truth[row]!;
    const weights = await fitSoftHead(context, believeLabels(labels, classes), start);
    start ??= weights;
    const logits = await predictRows({ ...context, rows: testRows }, weights);
    let right = 0;
    testTruth.forEach((label, row) => {
      const own = logits[row * classes + label]!;
      let isHighest = true;
      for (let c = 0; c < classes; c++) if (c !== label && logits[row * classes + c]! >= own) isHighest = false;
      right += Number(isHighest);
    });
    return right / testTruth.length;
  };
}

/** The pixels of pictures, 0 to 1, as features. Throws what the decoder does for a picture that cannot be read. */
async function readPixels(
  paths: readonly string[],
  report: (progress: ComputeEvents['progress']) => void,
  signal: AbortSignal,
): Promise<FeatureMatrix> {
  const matrix = new FeatureMatrix(paths.length, side * side * 3);
  await mapInParallel([...paths.keys()], picturesAtOnce, async (row) => {
    signal.throwIfAborted();
    const pixels = await decodePicture(paths[row]!, { width: side, height: side, shortestSide: null });
    matrix.fill(
      row,
      Float32Array.from(pixels, (value) => value / 255),
    );
    if (row % 200 === 0) report({ done: row, total: paths.length, stage: 'reading-pixels' });
  });
  return matrix;
}
