// Ranking the train images under a fit, by any method.
import type { RankAnswer, RankRequest, Suggestions } from '../../shared/compute-contract.ts';
import type { RankingMethod } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import type { LabelRow } from '../store/label-table.ts';
import type { RankedImage } from '../store/ranking-table.ts';
import type { ComputeClient } from './compute-client.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Learning } from './learning.ts';
import type { Loaded } from './loaded.ts';
import { requireModel, type Project } from './project.ts';

/** The rankings that a fit does not come with, added to the newest one. */
export async function rank(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  learning: Learning,
  { methods }: { methods: RankingMethod[] },
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  report({ done: 0, total: null, stage: 'Loading the features' });
  const { fitId } = await loaded.fit();
  const missing = methods.filter((method) => method !== 'learned' && !store.rankings.has(fitId, method));
  if (missing.length > 0) {
    const images = store.labels.ofSplit('train', requireModel(project).id);
    const fit = store.fits.find(fitId)!;
    const stopListening = compute.onProgress(report);
    const answer = await compute
      .call('rank.run', { ...toRankRequest(images, store.classes.count(), fit), methods: missing }, { signal })
      .finally(stopListening);
    const importances = readImportances(project, fitId);
    store.transaction(() => {
      for (const method of missing)
        store.rankings.add(fitId, method, rankImages(images, importances, answer, answer.scores[method]!));
    });
  }
  if (methods.includes('learned')) await learning.catchUp();
  return { note: `Ranked by ${methods.join(', ')}.`, result: { methods } };
}

/** What compute has to know of the train images. */
export function toRankRequest(
  images: readonly LabelRow[],
  classes: number,
  { lambda, scale }: { lambda: number; scale: number },
): RankRequest {
  return {
    rows: Int32Array.from(images, ({ imageId }) => imageId - 1),
    labels: Int32Array.from(images, ({ givenClassId }) => givenClassId - 1),
    truth: Int32Array.from(images, toTruth),
    classes,
    lambda,
    scale,
  };
}

/** The class index that a person has settled; -1 where nobody has, -2 where there is none. */
function toTruth({ classId, state }: LabelRow): number {
  if (classId === null) return -2;
  return state === 'kept' || state === 'relabelled' ? classId - 1 : -1;
}

/** In order of score, equal ones in order of import; images without a class come last. */
export function rankImages(
  images: readonly LabelRow[],
  importances: ReadonlyMap<number, number>,
  { suggested, probability, second }: Suggestions | RankAnswer,
  scores: Float64Array,
): RankedImage[] {
  const ranked = images.map(({ imageId }, row): RankedImage => ({
    imageId,
    score: scores[row]!,
    importance: importances.get(imageId) ?? 0,
    suggestedClassId: suggested[row]! + 1,
    probability: probability[row]!,
    secondClassId: second[row]! + 1,
  }));
  const isExcluded = new Set(images.filter(({ classId }) => classId === null).map(({ imageId }) => imageId));
  const last = (image: RankedImage) => Number(isExcluded.has(image.imageId));
  return ranked.sort((a, b) => last(a) - last(b) || b.score - a.score || a.imageId - b.imageId);
}

/**
 * The suspicion of the fit before as an answer for the same images: a retrain has its accuracy to show, and what the new
 * verdicts say of the order is the learned queue's to find out. undefined where the images are others.
 */
export function inheritRanking(images: readonly LabelRow[], before: Required<RankedImage>[]): RankAnswer | undefined {
  const byImage = new Map(before.map((ranked) => [ranked.imageId, ranked]));
  const rows = images.flatMap(({ imageId }) => byImage.get(imageId) ?? []);
  if (rows.length !== images.length) return undefined;
  return {
    suggested: Int32Array.from(rows, ({ suggestedClassId }) => suggestedClassId - 1),
    probability: Float32Array.from(rows, ({ probability }) => probability ?? 0),
    second: Int32Array.from(rows, ({ secondClassId, suggestedClassId }) => (secondClassId ?? suggestedClassId) - 1),
    scores: { suspicion: Float64Array.from(rows, ({ score }) => score) },
  };
}

/** Of the images of a fit. Throws 'not-found' where the fit has no ranking, which one of its own making always has. */
export function readImportances({ store }: Project, fitId: number): Map<number, number> {
  const importances = store.rankings.importances(fitId);
  if (importances.size === 0) throw new AppError('not-found', 'There is no ranking yet. Fit the head first.');
  return importances;
}
