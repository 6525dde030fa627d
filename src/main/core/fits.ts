// Fitting the head on the labels as they are, ranking the train images by it, and measuring it on the test split.
import type { FitAnswer } from '../../shared/compute-contract.ts';
import type { FitParams } from '../../shared/core-contract.ts';
import type { FitSummary, Run, RunComparison } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import type { ComputeClient } from './compute-client.ts';
import { fitModel } from './imitation.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { predictClasses, shareEqual } from './predict.ts';
import { requireModel, type Project } from './project.ts';
import { inheritRanking, rankImages, toRankRequest } from './rankings.ts';
import { compareRuns, listRuns } from './runs.ts';
import { readTestSet, readTrainingSet, toFitRequest } from './training-set.ts';
import { readVersions } from './versions.ts';

export interface FitResult extends FitSummary {
  /** Whether the certificate came down to the tolerance. */
  reached: boolean;
}

export interface RetrainResult extends Pick<RunComparison, 'pairedTest' | 'difference'> {
  before: Run;
  after: Run;
  changedLabels: number;
  seconds: number;
}

export async function fit(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  version: string,
  params: FitParams,
  context: JobContext,
): Promise<JobOutcome> {
  const { summary, reached } =
    params.target === 'model'
      ? await fitModel(project, compute, loaded, params, context)
      : await fitHead(project, compute, loaded, version, params, context);
  const result: FitResult = { ...summary, reached };
  return { note: describeFit(summary, reached, params.tolerance), result };
}

/** The same lambda and scale as the fit before, on the labels as they are now, so that only the labels differ. */
export async function retrain(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  version: string,
  context: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  const modelId = requireModel(project).id;
  const last = store.fits.latest(modelId);
  if (!last) throw new AppError('not-found', 'There is no fit to start from. Fit the head first.');
  const { lambda, featureScale } = last;
  const { tolerance, weights: start } = store.fits.find(last.id)!;
  const params = { lambda, featureScale, tolerance };
  const { summary } = await fitHead(project, compute, loaded, version, params, context, { ...last, weights: start });
  const runs = listRuns(project);
  const before = runs[0];
  const after = runs.at(-1);
  if (!before || !after || after.fitId !== summary.id)
    throw new AppError(
      'not-found',
      'There are no test images with features, so there is no accuracy to measure. Import a test split.',
    );
  const { pairedTest, difference } = compareRuns(project, before.id, after.id);
  const result: RetrainResult = {
    before,
    after,
    pairedTest,
    difference,
    changedLabels: after.changedLabels,
    seconds: summary.seconds,
  };
  const points = (after.accuracy.value - before.accuracy.value) * 100;
  return {
    note: `Test accuracy ${percent(before.accuracy.value)} before, ${percent(after.accuracy.value)} now (${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)} points).`,
    result,
  };
}

type LabelFitParams = Pick<FitParams, 'lambda' | 'featureScale' | 'tolerance'>;

async function fitHead(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  version: string,
  params: LabelFitParams,
  { signal, report }: JobContext,
  before?: Pick<FitSummary, 'id' | 'lambdaChosen'> & { weights: Float64Array },
): Promise<{ summary: FitSummary; reached: boolean }> {
  const { store } = project;
  const model = requireModel(project);
  report({ done: 0, total: null, stage: 'Loading the features' });
  await loaded.matrix(signal);

  const train = readTrainingSet(project);
  const { all, imageIds, classIds, labelsRevision } = train;
  const classes = store.classes.count();

  report({ done: 0, total: null, stage: 'Fitting the head' });
  const stopListening = compute.onProgress(report);
  const answer = await compute
    .call('fit.run', toFitRequest(train, classes, { ...params, start: before?.weights }), { signal })
    .finally(stopListening);

  report({ done: 0, total: null, stage: 'Measuring the fit' });
  const trainPrediction = await predictClasses(compute, 'labels', imageIds, classes, signal);
  const test = readTestSet(project);
  const predictedClassIds = await predictClasses(compute, 'labels', test.imageIds, classes, signal);

  const ranking =
    (before && inheritRanking(all, store.rankings.whole(before.id, 'suspicion'))) ??
    (await compute.call('rank.run', { ...toRankRequest(all, classes, answer), methods: ['suspicion'] }, { signal }));
  const importances = toImportances(imageIds, classIds, classes, answer);

  const fitId = store.transaction(() => {
    const id = store.fits.add({
      modelId: model.id,
      target: 'labels',
      fidelity: null,
      lambda: answer.lambda,
      lambdaChosen: before?.lambdaChosen ?? (params.lambda === 'auto' ? 'auto' : 'given'),
      featureScale: params.featureScale,
      scale: answer.scale,
      tolerance: params.tolerance,
      startFitId: before?.id ?? null,
      objective: answer.objective,
      iterations: answer.iterations,
      passes: answer.passes,
      seconds: answer.seconds,
      certificate: answer.certificate,
      trainAccuracy: shareEqual(trainPrediction, classIds),
      testAccuracy: test.imageIds.length === 0 ? null : shareEqual(predictedClassIds, test.classIds),
      labelsRevision,
      weights: answer.weights,
      gradient: answer.gradient,
      imageIds,
      classIds,
      alpha: Float32Array.from(answer.alpha),
    });
    // For hard labels this is the order of the training loss as well (METHODS 1.5).
    const byImportance = Float64Array.from(all, ({ imageId }) => importances.get(imageId) ?? 0);
    store.rankings.add(id, 'importance', rankImages(all, importances, ranking, byImportance));
    store.rankings.add(id, 'suspicion', rankImages(all, importances, ranking, ranking.scores.suspicion!));
    if (test.imageIds.length > 0) {
      const states = store.labels.countByState();
      store.runs.add({
        fitId: id,
        decisions: states.kept + states.relabelled + states.excluded + states.unsure,
        changedLabels: store.labels.changedCount(),
        testImageIds: test.imageIds,
        testClassIds: test.classIds,
        predictedClassIds,
        provider: model.provider,
        versions: readVersions(version, answer),
      });
    }
    return id;
  });
  loaded.noteFit('labels', fitId, imageIds, classIds);
  store.refreshStatistics();
  return { summary: store.fits.latest(model.id)!, reached: answer.reached };
}

/** abs(alpha_i) of its label, of each train image that has one. */
function toImportances(
  imageIds: Int32Array,
  classIds: Int32Array,
  classes: number,
  { alpha }: FitAnswer,
): Map<number, number> {
  const importances = new Map<number, number>();
  imageIds.forEach((id, row) => importances.set(id, Math.abs(alpha[row * classes + classIds[row]! - 1]!)));
  return importances;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** To two significant digits: a tight certificate is no 0.0 %. */
const smallPercent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

function describeFit(
  { certificate, seconds, lambda, testAccuracy, fidelity }: FitSummary,
  reached: boolean,
  tolerance: number,
): string {
  const share = certificate.maxLogitError / certificate.logitRms;
  const measured = fidelity
    ? ` Predicts as the model does on ${percent(fidelity.train.agreement)} of the train images.`
    : testAccuracy === null
      ? ''
      : ` Test accuracy ${percent(testAccuracy)}.`;
  const proof = reached
    ? `every logit is its representer sum to within ${smallPercent(share)} of the typical logit`
    : `the representer sums are off by up to ${smallPercent(share)} of the typical logit, more than the ${smallPercent(tolerance)} asked for; a larger lambda can be certified more tightly`;
  return `Fitted in ${seconds.toFixed(1)} s at lambda ${lambda}: ${proof}.${measured}`;
}
