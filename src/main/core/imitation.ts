// A fit that imitates the given model (METHODS 1.2, eq. 3), so that the model's own predictions can be explained. The labels
// do not enter it: it ranks nothing and is no run.
import type { FitParams } from '../../shared/core-contract.ts';
import type { ModelOutput } from '../../shared/fit.ts';
import { tell } from '../../shared/told.ts';
import type { LabelRow } from '../store/label-table.ts';
import { blockSize } from '../store/feature-table.ts';
import type { HeadWeights } from '../../shared/compute-contract.ts';
import type { ComputeClient } from './compute-client.ts';
import { FidelityCount } from './fidelity.ts';
import type { Fitted } from './fits.ts';
import type { JobContext } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { argmax, forEachPrediction } from './predict.ts';
import { readClassMatch } from './class-match.ts';
import { requireModel, type Project } from './project.ts';
import type { ModelRow } from '../store/model-table.ts';

/** Of the paper's authors (METHODS 1.3): the labels, by which lambda could be chosen, are not to be used. */
const usualLambda = 0.003;
/** By how much a model must agree with the labels more often than by chance for its classes to be taken for theirs. */
const leastAgreement = 0.05;

export async function fitModel(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  params: FitParams,
  { signal, report }: JobContext,
): Promise<Fitted> {
  const { store } = project;
  const model = requireModel(project);
  const classes = store.classes.count();
  report({ done: 0, total: null, stage: 'loading-features' });
  await loaded.matrix(signal);
  const own = readLogits(project, model, classes);
  const train = store.labels.ofSplit('train', model.id);
  requireAgreement(train, own, classes);

  const imageIds = Int32Array.from(train, ({ imageId }) => imageId);
  const classIds = Int32Array.from(train, ({ givenClassId }) => givenClassId);
  const { featureScale, tolerance, output } = params;
  const stopListening = compute.onProgress(report);
  const answer = await compute
    .call(
      'fit.run',
      {
        rows: imageIds.map((id) => id - 1),
        labels: classIds.map((id) => id - 1),
        classes,
        lambda: params.lambda === 'auto' ? usualLambda : params.lambda,
        featureScale,
        tolerance,
        imitate: { output, logits: own.of(imageIds) },
      },
      { signal },
    )
    .finally(stopListening);

  report({ done: 0, total: null, stage: 'comparing-model' });
  const testImageIds = Int32Array.from(store.labels.ofSplit('test', model.id), ({ imageId }) => imageId);
  const compareOn = (ids: Int32Array) =>
    compare(compute, { weights: answer.weights, scale: answer.scale, classes }, output, ids, own, signal);
  const fidelity = { output, train: (await compareOn(imageIds))!, test: await compareOn(testImageIds) };
  store.transaction(() =>
    store.fits.add({
      ...answer,
      modelId: model.id,
      target: 'model',
      fidelity,
      startFitId: null,
      lambdaChosen: params.lambda === 'auto' ? 'auto' : 'given',
      featureScale,
      tolerance,
      trainAccuracy: fidelity.train.agreement,
      testAccuracy: fidelity.test?.agreement ?? null,
      labelsRevision: store.decisions.newestId(),
      imageIds,
      classIds,
      alpha: Float32Array.from(answer.alpha),
    }),
  );
  return { summary: store.fits.latest(model.id, 'model')!, reached: answer.reached, refused: answer.refused };
}

interface OwnLogits {
  /** count x C, of the images in order. */
  of(imageIds: Int32Array): Float32Array;
}

/**
 * The logits that the model itself gave for the data set's classes, from the extraction. Throws 'bad-request' where it does
 * not know all of them.
 */
function readLogits(project: Project, model: ModelRow, classes: number): OwnLogits {
  const { store } = project;
  const { places, modelClasses } = readClassMatch(store, model);
  const unknown = store.classes.list().filter((_, at) => places[at] === null);
  if (unknown.length > 0)
    throw tell('bad-request', 'unmatched-classes', {
      classes: modelClasses,
      unknown: unknown.length,
      all: classes,
      name: unknown[0]!.name,
    });
  const count = store.images.count();
  const logits = new Float32Array(count * classes);
  for (let first = 1; first <= count; first += blockSize) {
    const block = store.features.readLogits(model.id, first)!;
    for (let row = 0; row < block.length / modelClasses; row++)
      for (let c = 0; c < classes; c++)
        logits[(first - 1 + row) * classes + c] = block[row * modelClasses + places[c]!]!;
  }
  return {
    of(imageIds) {
      const chosen = new Float32Array(imageIds.length * classes);
      imageIds.forEach((id, i) => chosen.set(logits.subarray((id - 1) * classes, id * classes), i * classes));
      return chosen;
    },
  };
}

/** A model of which the classes are matched wrongly agrees with the labels by chance alone. */
function requireAgreement(train: readonly LabelRow[], own: OwnLogits, classes: number): void {
  if (train.length === 0) throw tell('bad-request', 'nothing-to-imitate', {});
  const logits = own.of(Int32Array.from(train, ({ imageId }) => imageId));
  const equal = train.filter(({ givenClassId }, i) => 1 + argmax(logits, i * classes, classes) === givenClassId);
  const agreement = equal.length / train.length;
  if (agreement < 1 / classes + leastAgreement)
    throw tell('bad-request', 'wrongly-matched', { share: (agreement * 100).toFixed(1) });
}

async function compare(
  compute: ComputeClient,
  head: HeadWeights,
  output: ModelOutput,
  imageIds: Int32Array,
  own: OwnLogits,
  signal: AbortSignal,
) {
  let count: FidelityCount | undefined;
  await forEachPrediction(compute, head, imageIds, signal, (logits, first, images) => {
    count ??= new FidelityCount(output, logits.length / images);
    count.add(own.of(imageIds.subarray(first, first + images)), logits);
  });
  return count?.finish() ?? null;
}
