// The recovery curve: the head refitted on the labels as they were at some steps of the log, and what a random order of the
// same work would have given. Nothing of it is stored but the job's result: the log makes it again.
import type { CurvePoint, Recovery, RecoveryCurve } from '../../shared/runs.ts';
import { createRandom, shuffle } from '../../shared/random.ts';
import { wilsonInterval } from '../../shared/wilson.ts';
import type { LabelRow } from '../store/label-table.ts';
import type { ComputeClient } from './compute-client.ts';
import { sentence, tell, type Stage } from '../../shared/told.ts';
import { spreadOf } from './experiments.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { predictClasses } from './predict.ts';
import { requireModel, type Project } from './project.ts';
import { readTruth } from './truth-file.ts';
import {
  readStart,
  readTestSet,
  requireSameClasses,
  toFitRequest,
  toStart,
  toTrainingSet,
  type TestSet,
} from './training-set.ts';

export interface RecoveryJobParams {
  steps: number;
  /** Random orders that are tried. */
  orders: number;
  /** Path of a file of true labels. */
  truth?: string;
}

/** Cancellable; changes nothing. Throws 'not-found' before a fit, and where no test image measures anything. */
export async function drawCurve(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { steps, orders, truth: truthFile }: RecoveryJobParams,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const startedAt = performance.now();
  const { store } = project;
  const modelId = requireModel(project).id;
  const last = store.fits.latest(modelId);
  const test = readTestSet(project);
  if (!last) throw tell('not-found', 'no-fit', {});
  if (test.imageIds.length === 0) throw tell('not-found', 'no-test-images', {});
  report({ done: 0, total: null, stage: 'loading-features' });
  await loaded.matrix(signal);
  const file = truthFile === undefined ? undefined : await readTruth(project, truthFile);
  const truth = file?.truth;

  const now = store.labels.ofSplit('train', modelId);
  const stops = findStops(project, now, steps);
  const drawn = Math.max(0, stops.length - (truth ? 1 : 2));
  const total = stops.length + orders * drawn + Number(truth !== undefined);
  let done = 0;
  const measure = await openMeasure(project, compute, test, last.id, signal);
  const next = async (labels: LabelRow[], stage: Stage) => {
    report({ done, total, stage });
    const correct = await measure(labels);
    done += 1;
    return correct;
  };

  const points: CurvePoint[] = [];
  for (const { labelsRevision, decisions } of stops) {
    const labels = store.labels.ofTrainAt(modelId, labelsRevision);
    const correct = await next(labels, 'along-decisions');
    points.push({
      decisions,
      changedLabels: labels.filter(({ classId, givenClassId }) => classId !== givenClassId).length,
      labelsRevision,
      secondsSpent: store.decisions.secondsSpent(labelsRevision),
      accuracy: toProportion(correct, test),
      correct: [...correct],
    });
  }

  const trueLabels =
    truth && now.map((label): LabelRow => ({ ...label, classId: truth.get(label.imageId) ?? label.classId }));
  const cleanCorrect = trueLabels && (await next(trueLabels, 'all-true'));
  const random = await drawRandom(
    points,
    trueLabels ?? now,
    { orders, isAll: trueLabels !== undefined, testImages: test.imageIds.length },
    (labels) => next(labels, 'random-orders'),
  );
  const result: RecoveryCurve = {
    modelId,
    lambda: last.lambda,
    featureScale: last.featureScale,
    fitId: last.id,
    testImages: test.imageIds.length,
    classImages: [...countByClass(test.classIds, store.classes.count())],
    points,
    random,
    clean: cleanCorrect ? { accuracy: toProportion(cleanCorrect, test), correct: [...cleanCorrect] } : null,
    truth: file?.reading ?? null,
    seconds: (performance.now() - startedAt) / 1000,
  };
  const end = points.at(-1)!;
  const percent = ({ accuracy }: CurvePoint) => `${(accuracy.value * 100).toFixed(1)} %`;
  const places = { from: percent(points[0]!), to: percent(end), decisions: end.decisions };
  return { note: sentence('result.recovery', places), result };
}

/** The newest curve that was drawn, where it is of the current model, lambda and feature scale, and whether it is out of date. */
export function readCurve(project: Project): Pick<Recovery, 'curve' | 'isCurveOlder'> {
  const { store } = project;
  const { modelId } = store.project.read();
  const fit = modelId === null ? null : store.fits.latest(modelId);
  const curve = store.jobs.newestResult('recovery') as RecoveryCurve | null;
  const none = { curve: null, isCurveOlder: false };
  if (!fit || !curve || curve.modelId !== modelId) return none;
  if (curve.lambda !== fit.lambda || curve.featureScale !== fit.featureScale) return none;
  const isNewest = curve.fitId === fit.id && curve.points.at(-1)!.labelsRevision === store.decisions.newestId();
  return { curve, isCurveOlder: !isNewest };
}

interface Stop {
  labelsRevision: number;
  decisions: number;
}

/** Evenly spread over the decisions that stand now: the revisions at which so many images had one for the first time. */
function findStops({ store }: Project, now: readonly LabelRow[], steps: number): Stop[] {
  const measured = new Set(now.map(({ imageId }) => imageId));
  const total = now.filter(({ state }) => state !== 'open').length;
  const stops: Stop[] = [{ labelsRevision: 0, decisions: 0 }];
  const isDecided = new Set<number>();
  let newest = 0;
  for (const { id, imageId, stateAfter } of store.decisions.log()) {
    newest = id;
    if (!measured.has(imageId)) continue;
    if (stateAfter === 'open') isDecided.delete(imageId);
    else isDecided.add(imageId);
    const wanted = Math.round((stops.length * total) / steps);
    if (stops.length < steps && isDecided.size >= Math.max(1, wanted) && isDecided.size < total)
      stops.push({ labelsRevision: id, decisions: isDecided.size });
  }
  if (newest > 0) stops.push({ labelsRevision: newest, decisions: total });
  return stops;
}

/** Fits the labels, from the fit before onwards, and counts what is right in each class. */
async function openMeasure(
  project: Project,
  compute: ComputeClient,
  test: TestSet,
  fitId: number,
  signal: AbortSignal,
): Promise<(labels: LabelRow[]) => Promise<Int32Array>> {
  const { store } = project;
  const { lambda, featureScale, tolerance, weights } = store.fits.find(fitId)!;
  requireSameClasses(project, weights);
  const classes = store.classes.count();
  let start = readStart(project, fitId);
  return async (labels) => {
    const request = toFitRequest(toTrainingSet(labels, 0), classes, { lambda, featureScale, tolerance, ...start });
    const answer = await compute.call('fit.run', request, { signal });
    start = toStart(request, answer);
    const head = { weights: answer.weights, scale: answer.scale, classes };
    const predicted = await predictClasses(compute, head, test.imageIds, classes, signal);
    return countByClass(
      test.classIds.filter((classId, i) => predicted[i] === classId),
      classes,
    );
  };
}

/**
 * What a random order would have given at the same counts of decisions, and so in the time that those took. Only verdicts
 * that were given are known, so the order is of the reviewed images, and its end is that of the review; with the truth it is
 * of all train images.
 */
async function drawRandom(
  points: readonly CurvePoint[],
  final: readonly LabelRow[],
  { orders, isAll, testImages }: { orders: number; isAll: boolean; testImages: number },
  measure: (labels: LabelRow[]) => Promise<Int32Array>,
): Promise<RecoveryCurve['random']> {
  if (points.length < (isAll ? 2 : 3) || orders === 0) return null;
  const places = [...final.keys()].filter((place) => isAll || final[place]!.state !== 'open');
  const isKnown = (step: number) => step === 0 || (!isAll && step === points.length - 1);
  /** Of each step what is right in each class, once an order; where all orders meet it is that of the review. */
  const measured = points.map(({ correct }, step) => (isKnown(step) ? [correct] : []));
  for (let order = 1; order <= orders; order++) {
    const shuffled = shuffle([...places], createRandom(order));
    for (const [step, { decisions }] of points.entries()) {
      if (isKnown(step)) continue;
      const isDecided = new Set(shuffled.slice(0, decisions));
      const labels = final.map((label, place) =>
        isDecided.has(place) ? label : { ...label, classId: label.givenClassId, state: 'open' as const },
      );
      measured[step]!.push([...(await measure(labels))]);
    }
  }
  return {
    images: isAll ? 'all' : 'reviewed',
    orders,
    points: points.map(({ decisions, secondsSpent, correct }, step) => ({
      decisions,
      secondsSpent,
      accuracy: spreadOf(measured[step]!.map((each) => sumOf(each) / testImages))!,
      correct: correct.map((_, index) => sumOf(measured[step]!.map((each) => each[index]!)) / measured[step]!.length),
    })),
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function countByClass(classIds: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes);
  for (const classId of classIds) counts[classId - 1]! += 1;
  return counts;
}

function toProportion(correct: Int32Array, { classIds }: TestSet) {
  const right = correct.reduce((sum, count) => sum + count, 0);
  return { value: right / classIds.length, interval: wilsonInterval(right, classIds.length) };
}
