// What a fit of the labels learns from: the train images with features, and the labels that they carry now or carried once.
import type { EarlierFit, FitAnswer, FitRequest } from '../../shared/compute-contract.ts';
import { tell } from '../../shared/told.ts';
import type { LabelRow } from '../store/label-table.ts';
import type { StoredRun } from '../store/run-table.ts';
import { requireModel, type Project } from './project.ts';

export interface TrainingSet {
  /** All train images with features, those that are excluded too, in order of image id. */
  all: LabelRow[];
  /** Those with a class, and it. */
  imageIds: Int32Array;
  classIds: Int32Array;
  /** The last decision that the labels include. */
  labelsRevision: number;
}

export interface TestSet {
  imageIds: Int32Array;
  classIds: Int32Array;
}

/** What makes a training set of the past. */
type Past = Pick<StoredRun, 'labelsRevision' | 'lastImageId'>;

/** The images and labels that a run learned from, or those of now. Throws 'bad-request' where no image carries a label. */
export function readTrainingSet(project: Project, run?: Past): TrainingSet {
  const { store } = project;
  const modelId = requireModel(project).id;
  const all = run
    ? store.labels.ofTrainAt(modelId, run.labelsRevision, run.lastImageId)
    : store.labels.ofSplit('train', modelId);
  return toTrainingSet(all, run?.labelsRevision ?? store.decisions.newestId());
}

export function toTrainingSet(all: LabelRow[], labelsRevision: number): TrainingSet {
  const labelled = all.filter(({ classId }) => classId !== null);
  if (labelled.length === 0) throw tell('bad-request', 'nothing-to-fit', {});
  return {
    all,
    imageIds: Int32Array.from(labelled, ({ imageId }) => imageId),
    classIds: Int32Array.from(labelled, ({ classId }) => classId!),
    labelsRevision,
  };
}

/** The test images with features; nobody decides them, so their labels are the given ones. */
export function readTestSet(project: Project): TestSet {
  const test = project.store.labels.ofSplit('test', requireModel(project).id);
  return {
    imageIds: Int32Array.from(test, ({ imageId }) => imageId),
    classIds: Int32Array.from(test, ({ givenClassId }) => givenClassId),
  };
}

export interface LabelChanged {
  imageId: number;
  /** null for no class. */
  classBefore: number | null;
  classAfter: number | null;
}

/** The train images of both runs whose label in one is another than in the other. */
export function readChanges(project: Project, before: Past, after: Past): LabelChanged[] {
  const modelId = requireModel(project).id;
  const { labels } = project.store;
  const [inBefore, inAfter] = [before, after].map(({ lastImageId }) => lastImageId ?? Number.MAX_SAFE_INTEGER);
  const inBoth = Math.min(inBefore!, inAfter!);
  const earlier = labels.ofTrainAt(modelId, before.labelsRevision, inBoth);
  return labels.ofTrainAt(modelId, after.labelsRevision, inBoth).flatMap(({ imageId, classId: classAfter }, place) => {
    const { classId: classBefore } = earlier[place]!;
    return classBefore === classAfter ? [] : [{ imageId, classBefore, classAfter }];
  });
}

/** Where a fit goes on from. */
export type FitStart = Pick<FitRequest, 'start' | 'startFit'>;

type FitChoice = Pick<FitRequest, 'lambda' | 'featureScale' | 'tolerance' | 'isOnCpu'> & FitStart;

/**
 * The weights of an earlier fit, and what it was of where a run records it: from the log those labels can be had again, also
 * when alpha was dropped, so that whoever goes on from this fit later takes the same steps.
 */
export function readStart(project: Project, fitId: number): FitStart {
  const { store } = project;
  const fit = store.fits.find(fitId)!;
  const run = store.runs.ofModel(fit.modelId).find((each) => each.fitId === fitId);
  if (!run || run.lastImageId === null) return { start: fit.weights };
  const kept = store.fits.readLabels(fitId);
  const { imageIds, classIds } = kept.imageIds.length > 0 ? kept : readTrainingSet(project, run);
  return toStart(toRows({ imageIds, classIds }), fit);
}

/** For a fit that goes on from what came of these rows and labels. */
export const toStart = (
  { rows, labels }: Pick<FitRequest, 'rows' | 'labels'>,
  {
    weights,
    lambda,
    scale,
    objective,
    gradient,
    certificate,
  }: Omit<EarlierFit, 'rows' | 'labels' | 'logitRms'> & Pick<FitAnswer, 'weights' | 'certificate'>,
): Required<FitStart> => ({
  start: weights,
  startFit: { rows, labels, lambda, scale, objective, gradient, logitRms: certificate.logitRms },
});

const toRows = ({ imageIds, classIds }: Pick<TrainingSet, 'imageIds' | 'classIds'>) => ({
  rows: imageIds.map((id) => id - 1),
  labels: classIds.map((id) => id - 1),
});

/**
 * The same set, choice and start are the same request, and the same request has the same answer to the last digit on the
 * same machine: whatever else the compute process has fitted before does not enter.
 */
export function toFitRequest(
  { all, ...labelled }: TrainingSet,
  classes: number,
  { lambda, featureScale, tolerance, start, startFit, isOnCpu }: FitChoice,
): FitRequest {
  return {
    ...toRows(labelled),
    classes,
    lambda,
    featureScale,
    tolerance,
    ...(start ? { start } : {}),
    ...(startFit ? { startFit } : {}),
    ...(isOnCpu ? { isOnCpu } : {}),
    anchor: toAnchor(all),
  };
}

/** Excluded images too, so that it is the same whatever was decided. */
export const toAnchor = (all: readonly LabelRow[]): Int32Array => Int32Array.from(all, ({ imageId }) => imageId - 1);

/** The classes that the weights of a fit of the current model know: an import of more images may have added some since. */
export const classesIn = (project: Project, weights: Float64Array): number =>
  weights.length / (requireModel(project).description.head.dimensions + 1);

/** Throws 'conflict' where these weights, from which a fit is to go on, are of other classes than there are now. */
export function requireSameClasses(project: Project, weights: Float64Array): void {
  const [before, now] = [classesIn(project, weights), project.store.classes.count()];
  if (before !== now) throw tell('conflict', 'more-classes', { before, now });
}
