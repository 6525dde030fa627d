// A run made again from its record: the decision log gives the labels as they were, the record the images that there were and
// where the fit began.
//
// [Note: the same path] Two certified fits of the same labels may differ within their certificates, and a test image on the
// edge may then turn. So all that decides the steps of a fit is recorded or always the same (its start, its labels, what its
// preconditioner is made of), and it takes the same steps again. On another machine the bound is what is promised.
import type { Reproduction } from '../../shared/runs.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { ComputeClient } from './compute-client.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { forEachPrediction, predictClasses, shareEqual } from './predict.ts';
import type { Project } from './project.ts';
import { requireRun } from './runs.ts';
import { classesIn, readStart, readTrainingSet, toFitRequest, type TrainingSet } from './training-set.ts';
import { readVersions } from './versions.ts';

/** Changes nothing. Throws 'not-found' for a run that is not one of the current model's. */
export async function reproduce(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  version: string,
  { runId }: { runId: number },
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  const run = requireRun(project, runId);
  const recorded = store.fits.find(run.fitId)!;
  report({ done: 0, total: null, stage: 'loading-features' });
  await loaded.matrix(signal);
  const { featureScale, tolerance, startFitId, lambdaChosen } = run;
  const train = readTrainingSet(project, run);
  const classes = classesIn(project, recorded.weights);
  if (startFitId !== null && !store.fits.find(startFitId)) throw tell('not-found', 'start-is-gone', { run: runId });
  const start = startFitId === null ? {} : readStart(project, startFitId);

  report({ done: 0, total: null, stage: 'fitting-again' });
  const stopListening = compute.onProgress(report);
  const choice = {
    lambda: lambdaChosen === 'auto' && startFitId === null ? 'auto' : run.lambda,
    featureScale,
    tolerance,
    ...start,
    ...(run.versions.device ? {} : { isOnCpu: true }),
  } as const;
  const answer = await compute.call('fit.run', toFitRequest(train, classes, choice), { signal }).finally(stopListening);

  report({ done: 0, total: null, stage: 'comparing-record' });
  const { weights, scale, lambda } = answer;
  const again = await predictClasses(compute, { weights, scale, classes }, run.testImageIds, classes, signal);
  const n = train.imageIds.length;
  const gradients = recorded.certificate.gradientNorm + answer.certificate.gradientNorm;
  const alphaDifference = await measureAlphaDifference(compute, train, { ...recorded, classes }, answer.alpha, signal);
  // A gradient of ||G|| is at most ||G|| / (2 lambda) from the optimum, F being 2 lambda strongly convex; a logit then by
  // ||f|| times that, a probability by half of that, and alpha is a probability over 2 lambda n.
  const alphaBound = ((gradients / (2 * lambda)) * answer.longest) / 2 / (2 * lambda * n);
  const otherPredictions = again.filter((classId, i) => classId !== run.predictedClassIds[i]).length;
  const isReproduced = otherPredictions === 0 && alphaDifference <= alphaBound && lambda === run.lambda;
  const result: Reproduction = {
    runId,
    testImages: run.testImageIds.length,
    otherPredictions,
    lambda: { recorded: run.lambda, again: lambda },
    alphaDifference,
    alphaBound,
    accuracy: {
      recorded: shareEqual(run.predictedClassIds, run.testClassIds),
      again: shareEqual(again, run.testClassIds),
    },
    isReproduced,
    versions: { recorded: run.versions, now: readVersions(version, answer) },
    seconds: answer.seconds,
  };
  const places = { run: runId, images: result.testImages };
  const note = isReproduced
    ? sentence('result.reproduced', places)
    : sentence('result.not-reproduced', {
        ...places,
        others: otherPredictions,
        difference: alphaDifference.toExponential(1),
        bound: alphaBound.toExponential(1),
      });
  return { note, result };
}

/** The largest difference of alpha = (q - p) / (2 lambda n) under the recorded weights from `alpha` (n x C). */
async function measureAlphaDifference(
  compute: ComputeClient,
  { imageIds, classIds }: TrainingSet,
  recorded: { weights: Float64Array; scale: number; classes: number; lambda: number },
  alpha: Float64Array,
  signal: AbortSignal,
): Promise<number> {
  const { weights, scale, classes, lambda } = recorded;
  const factor = 2 * lambda * imageIds.length;
  let largest = 0;
  await forEachPrediction(compute, { weights, scale, classes }, imageIds, signal, (logits, first, count) => {
    for (let i = 0, at = 0; i < count; i++, at += classes) {
      const row = logits.subarray(at, at + classes);
      const highest = row.reduce((most, logit) => Math.max(most, logit), -Infinity);
      const total = row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
      row.forEach((logit, c) => {
        const p = Math.exp(logit - highest) / total;
        const here = Number(c === classIds[first + i]! - 1) - p;
        largest = Math.max(largest, Math.abs(here - alpha[(first + i) * classes + c]! * factor));
      });
    }
  });
  return largest / factor;
}
