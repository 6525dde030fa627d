// Fitting the head on the labels as they are, ranking the train images by it, and measuring it on the test split.
import type { FitAnswer } from '../../shared/compute-contract.ts';
import type { FitParams } from '../../shared/core-contract.ts';
import type { FitSummary } from '../../shared/fit.ts';
import type { Run, RunComparison } from '../../shared/runs.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { LabelRow } from '../store/label-table.ts';
import type { ComputeClient } from './compute-client.ts';
import { fitModel } from './imitation.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { nextTurn } from './next-turn.ts';
import { predictClasses, shareEqual } from './predict.ts';
import { requireModel, requireTwoClasses, type Project } from './project.ts';
import { dropStaleRankings, rankImages, readSuggestions, toRankRequest, writeRanking } from './rankings.ts';
import { listRuns, testDifference } from './runs.ts';
import {
  readStart,
  readTestSet,
  readTrainingSet,
  requireSameClasses,
  toFitRequest,
  type FitStart,
  type TestSet,
} from './training-set.ts';
import { readVersions } from './versions.ts';

/** A fit as it was kept, and what is said of it once. */
export interface Fitted extends Pick<FitAnswer, 'refused'> {
  summary: FitSummary;
  /** Whether the certificate came down to the tolerance. */
  reached: boolean;
}

export type FitResult = FitSummary & Omit<Fitted, 'summary'>;

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
  const fitted =
    params.target === 'model'
      ? await fitModel(project, compute, loaded, params, context)
      : await fitHead(project, compute, loaded, version, params, context);
  const { summary, ...said } = fitted;
  const result: FitResult = { ...summary, ...said };
  return { note: describeFit(fitted, params.tolerance), result };
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
  if (!last) throw tell('not-found', 'no-start', {});
  const test = readTestSet(project);
  if (test.imageIds.length === 0) throw tell('not-found', 'no-test', {});
  const { lambda, featureScale } = last;
  const { tolerance, weights } = store.fits.find(last.id)!;
  requireSameClasses(project, weights);
  const params = { lambda, featureScale, tolerance };
  const before = { ...last, start: readStart(project, last.id), test };
  const { summary } = await fitHead(project, compute, loaded, version, params, context, before);
  const runs = listRuns(project);
  const first = runs[0]!;
  const after = runs.at(-1)!;
  const { pairedTest, difference } = testDifference(project, first.id, after.id);
  const result: RetrainResult = {
    before: first,
    after,
    pairedTest,
    difference,
    changedLabels: after.changedLabels,
    seconds: summary.seconds,
  };
  const points = (after.accuracy.value - first.accuracy.value) * 100;
  const note = sentence('result.retrain', {
    before: percent(first.accuracy.value),
    after: percent(after.accuracy.value),
    points: `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`,
  });
  return { note, result };
}

type LabelFitParams = Pick<FitParams, 'lambda' | 'featureScale' | 'tolerance'>;

async function fitHead(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  version: string,
  params: LabelFitParams,
  { signal, report }: JobContext,
  before?: Pick<FitSummary, 'id' | 'lambdaChosen' | 'rankingFitId'> & { start: FitStart; test: TestSet },
): Promise<Fitted> {
  const { store } = project;
  const model = requireModel(project);
  requireTwoClasses(project);
  report({ done: 0, total: null, stage: 'loading-features' });
  await loaded.matrix(signal);

  const train = readTrainingSet(project);
  const { all, imageIds, classIds, labelsRevision } = train;
  const classes = store.classes.count();
  // Of the same moment: decisions go on while the head is fitted.
  const states = store.labels.countByState();
  const changedLabels = store.labels.changedCount();
  await nextTurn(signal);

  report({ done: 0, total: null, stage: 'fitting' });
  const stopListening = compute.onProgress(report);
  const readMeanwhile = async () => {
    await dropStaleRankings(project, signal);
    // A retrain has its accuracy to show; what the new verdicts say of the order is the learned queue's to find out.
    const kept = before && readSuggestions(project, before.rankingFitId, all);
    await nextTurn(signal);
    return { kept, test: before?.test ?? readTestSet(project) };
  };
  const [answer, { kept, test }] = await Promise.all([
    compute.call('fit.run', toFitRequest(train, classes, { ...params, ...before?.start }), { signal }),
    readMeanwhile(),
  ]).finally(stopListening);

  report({ done: 0, total: null, stage: 'measuring-fit' });
  const head = { weights: answer.weights, scale: answer.scale, classes };
  const trainPrediction = await predictClasses(compute, head, imageIds, classes, signal);
  const predictedClassIds = await predictClasses(compute, head, test.imageIds, classes, signal);

  const ranking = kept
    ? null
    : await compute.call('rank.run', { ...toRankRequest(all, classes, answer), methods: ['suspicion'] }, { signal });
  const suggestions = (kept ?? ranking)!;
  const id = store.fits.nextId();
  // For hard labels this is the order of the training loss as well (METHODS 1.5).
  await writeRanking(
    project,
    id,
    'importance',
    rankImages(all, suggestions, toImportances(all, classes, answer)),
    signal,
  );
  if (ranking)
    await writeRanking(project, id, 'suspicion', rankImages(all, ranking, ranking.scores.suspicion!), signal);

  store.transaction(() => {
    store.fits.add({
      id,
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
      rankingFitId: (kept && before?.rankingFitId) ?? null,
      weights: answer.weights,
      gradient: answer.gradient,
      imageIds,
      classIds,
      alpha: Float32Array.from(answer.alpha),
    });
    if (test.imageIds.length > 0) {
      store.runs.add({
        fitId: id,
        decisions: states.kept + states.relabelled + states.excluded + states.unsure,
        changedLabels,
        testImageIds: test.imageIds,
        testClassIds: test.classIds,
        predictedClassIds,
        provider: model.provider,
        versions: readVersions(version, answer),
      });
    }
  });
  if (!before) store.refreshStatistics();
  return { summary: store.fits.latest(model.id)!, reached: answer.reached, refused: answer.refused };
}

/** abs(alpha_i) of its label, of each image; 0 where it has none. */
function toImportances(images: readonly LabelRow[], classes: number, { alpha }: FitAnswer): Float64Array {
  let row = 0;
  return Float64Array.from(images, ({ classId }) =>
    classId === null ? 0 : Math.abs(alpha[row++ * classes + classId - 1]!),
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** To two significant digits: a tight certificate is no 0.0 %. */
const smallPercent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

function describeFit({ summary, reached, refused }: Fitted, tolerance: number): string {
  const { certificate, seconds, lambda, testAccuracy, fidelity } = summary;
  const share = smallPercent(certificate.maxLogitError / certificate.logitRms);
  const places = { seconds: seconds.toFixed(1), lambda, share };
  const said = [
    reached
      ? sentence('result.fit', places)
      : sentence('result.fit-short', { ...places, tolerance: smallPercent(tolerance) }),
  ];
  if (fidelity) said.push(sentence('result.fit-agreement', { share: percent(fidelity.train.agreement) }));
  else if (testAccuracy !== null) said.push(sentence('result.fit-accuracy', { accuracy: percent(testAccuracy) }));
  if (refused) said.push(sentence('result.fit-on-cpu', { provider: refused.name, why: refused.reason }));
  return said.join(' ');
}
