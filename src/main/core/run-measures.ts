// What a run says of the test split beyond its accuracy. Its weights are kept and its probabilities are not: they are had
// again in one product.
import type { ReliabilityBin, RunMeasures } from '../../shared/runs.ts';
import type { StoredRun } from '../store/run-table.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Loaded } from './loaded.ts';
import { forEachPrediction } from './predict.ts';
import type { Project } from './project.ts';
import { countClasses, proportion, requireRun } from './runs.ts';
import { classesIn } from './training-set.ts';
import { bootstrapInterval } from './statistics.ts';

const bins = 10;

/** Throws 'not-found' for a run that is not one of the current model's. */
export async function measureRun(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  runId: number,
  signal: AbortSignal,
): Promise<RunMeasures> {
  const run = requireRun(project, runId);
  await loaded.matrix(signal);
  const { losses, confidences } = await readProbabilities(project, compute, run, signal);
  const { testClassIds, predictedClassIds } = run;
  const n = testClassIds.length;
  const isRight = Uint8Array.from(testClassIds, (classId, i) => Number(predictedClassIds[i] === classId));
  const perClass = countClasses(run);
  const meanOf = (values: Float64Array, places: Int32Array) => {
    let sum = 0;
    for (const place of places) sum += values[place]!;
    return sum / places.length;
  };
  const all = Int32Array.from({ length: n }, (_, place) => place);
  const measured = (measure: (places: Int32Array) => number) => ({
    value: measure(all),
    interval: bootstrapInterval(n, measure),
  });
  return {
    runId,
    balancedAccuracy: measured(balancedAccuracy(testClassIds, isRight)),
    logLoss: measured((places) => meanOf(losses, places)),
    calibrationError: measured(calibrationError(confidences, isRight)),
    reliability: toBins(confidences, isRight),
    perClass: perClass.map(({ classId, images, correct, predicted }) => ({
      classId,
      recall: images === 0 ? null : proportion(correct, images),
      precision: predicted === 0 ? null : proportion(correct, predicted),
    })),
    confusion: countPairs(run),
  };
}

/** For each test image: -log p of its label, and p of the predicted class. */
async function readProbabilities(project: Project, compute: ComputeClient, run: StoredRun, signal: AbortSignal) {
  const { store } = project;
  const { weights, scale } = store.fits.find(run.fitId)!;
  const classes = classesIn(project, weights);
  const losses = new Float64Array(run.testImageIds.length);
  const confidences = new Float64Array(run.testImageIds.length);
  await forEachPrediction(compute, { weights, scale, classes }, run.testImageIds, signal, (logits, first, count) => {
    for (let i = 0, at = 0; i < count; i++, at += classes) {
      let highest = -Infinity;
      for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[at + c]!);
      let total = 0;
      for (let c = 0; c < classes; c++) total += Math.exp(logits[at + c]! - highest);
      losses[first + i] = Math.log(total) + highest - logits[at + run.testClassIds[first + i]! - 1]!;
      confidences[first + i] = 1 / total;
    }
  });
  return { losses, confidences };
}

function balancedAccuracy(classIds: Int32Array, isRight: Uint8Array) {
  const largest = classIds.reduce((most, classId) => Math.max(most, classId), 0);
  const images = new Float64Array(largest + 1);
  const correct = new Float64Array(largest + 1);
  return (places: Int32Array): number => {
    images.fill(0);
    correct.fill(0);
    for (const place of places) {
      images[classIds[place]!]! += 1;
      correct[classIds[place]!]! += isRight[place]!;
    }
    let sum = 0;
    let tested = 0;
    images.forEach((count, classId) => {
      if (count === 0) return;
      sum += correct[classId]! / count;
      tested += 1;
    });
    return sum / tested;
  };
}

const binOf = (confidence: number): number => Math.min(bins - 1, Math.floor(confidence * bins));

/** ECE over bins of equal width (Guo et al. 2017, eq. 3). */
function calibrationError(confidences: Float64Array, isRight: Uint8Array) {
  const gaps = new Float64Array(bins);
  return (places: Int32Array): number => {
    gaps.fill(0);
    for (const place of places) gaps[binOf(confidences[place]!)]! += isRight[place]! - confidences[place]!;
    return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / places.length;
  };
}

function toBins(confidences: Float64Array, isRight: Uint8Array): ReliabilityBin[] {
  return Array.from({ length: bins }, (_, bin) => {
    const places = [...confidences.keys()].filter((place) => binOf(confidences[place]!) === bin);
    return {
      from: bin / bins,
      to: (bin + 1) / bins,
      images: places.length,
      confidence: places.reduce((sum, place) => sum + confidences[place]!, 0) / places.length,
      accuracy: proportion(
        places.reduce((sum, place) => sum + isRight[place]!, 0),
        places.length,
      ),
    };
  }).filter(({ images }) => images > 0);
}

function countPairs({ testClassIds, predictedClassIds }: StoredRun): RunMeasures['confusion'] {
  const counts = new Map<string, RunMeasures['confusion'][number]>();
  testClassIds.forEach((classId, index) => {
    const predictedClassId = predictedClassIds[index]!;
    const key = `${classId} ${predictedClassId}`;
    const cell = counts.get(key) ?? { classId, predictedClassId, images: 0 };
    cell.images += 1;
    counts.set(key, cell);
  });
  return [...counts.values()].sort((a, b) => a.classId - b.classId || a.predictedClassId - b.predictedClassId);
}
