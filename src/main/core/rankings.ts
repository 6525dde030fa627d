// Ranking the train images under a fit, by any method.
//
// [Note: written from the end] A ranking of many images takes a second to write, and no decision may wait for it. So it is
// written in parts, its first rank last: where there is a first rank, all of it is there.
import type { RankAnswer, RankRequest, Suggestions } from '../../shared/compute-contract.ts';
import type { RankingMethod } from '../../shared/ranking.ts';
import type { LabelRow } from '../store/label-table.ts';
import type { RankedImage } from '../store/ranking-table.ts';
import type { ComputeClient } from './compute-client.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Learning } from './learning.ts';
import type { Loaded } from './loaded.ts';
import { nextTurn } from './next-turn.ts';
import { requireModel, type Project } from './project.ts';
import { toStoredQuery } from './queue.ts';
import { sentence } from '../../shared/told.ts';

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
  report({ done: 0, total: null, stage: 'loading-features' });
  const { fitId } = await loaded.fit();
  const fit = store.fits.find(fitId)!;
  const homeOf = (method: RankingMethod) => toStoredQuery(project, fit, { method }).rankingFitId;
  const missing = methods.filter((method) => method !== 'learned' && !store.rankings.has(homeOf(method), method));
  if (missing.length > 0) {
    const images = store.labels.ofSplit('train', requireModel(project).id);
    const stopListening = compute.onProgress(report);
    const answer = await compute
      .call('rank.run', { ...toRankRequest(images, store.classes.count(), fit), methods: missing }, { signal })
      .finally(stopListening);
    for (const method of missing)
      await writeRanking(project, homeOf(method), method, rankImages(images, answer, answer.scores[method]!), signal);
  }
  if (methods.includes('learned')) await learning.catchUp(signal);
  return { note: sentence('result.rank', { rankings: methods.join(', ') }), result: { methods } };
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
  { suggested, probability, second }: Suggestions | RankAnswer,
  scores: Float64Array,
): RankedImage[] {
  const last = (place: number) => Number(images[place]!.classId === null);
  const order = Int32Array.from(images.keys()).sort((a, b) => last(a) - last(b) || scores[b]! - scores[a]! || a - b);
  return Array.from(order, (place) => ({
    imageId: images[place]!.imageId,
    score: scores[place]!,
    suggestedClassId: suggested[place]! + 1,
    probability: probability[place]!,
    secondClassId: second[place]! + 1,
  }));
}

/** What the suspicion of a fit suggests for these images, in their order. undefined where it is of others. */
export function readSuggestions(
  { store }: Project,
  rankingFitId: number,
  images: readonly LabelRow[],
): Suggestions | undefined {
  const ranked = store.rankings.whole(rankingFitId, 'suspicion').sort((a, b) => a.imageId - b.imageId);
  if (ranked.length !== images.length || ranked.some(({ imageId }, i) => imageId !== images[i]!.imageId))
    return undefined;
  return {
    suggested: Int32Array.from(ranked, ({ suggestedClassId }) => suggestedClassId - 1),
    probability: Float32Array.from(ranked, ({ probability }) => probability ?? 0),
    second: Int32Array.from(ranked, ({ secondClassId, suggestedClassId }) => (secondClassId ?? suggestedClassId) - 1),
  };
}

/** Rows written between two turns of the event loop: what a decision may have to wait for, some 20 ms. */
const stride = 4000;

/** Writes a ranking, in the place of one of that name. Throws 'cancelled', and then there is none. */
export async function writeRanking(
  { store }: Project,
  fitId: number,
  method: string,
  ranked: readonly RankedImage[],
  signal: AbortSignal,
): Promise<void> {
  store.transaction(() => {
    store.rankings.remove(fitId, method, 1, 1);
    store.rankings.remove(fitId, method, ranked.length + 1, Number.MAX_SAFE_INTEGER);
  });
  for (let from = stride * Math.floor((ranked.length - 1) / stride); from >= 0; from -= stride) {
    store.transaction(() => {
      store.rankings.remove(fitId, method, from + 1, from + stride);
      store.rankings.add(fitId, method, ranked.slice(from, from + stride), from + 1);
    });
    await nextTurn(signal);
  }
}

/** Removes a ranking; from the beginning of it on, so that it is gone at once. */
export async function removeRanking({ store }: Project, fitId: number, method: string, signal: AbortSignal) {
  const last = store.rankings.count(fitId, method);
  for (let first = 1; first <= last; first += stride) {
    store.transaction(() => store.rankings.remove(fitId, method, first, first + stride - 1));
    await nextTurn(signal);
  }
}

/** Removes the rankings that no fit in use has, those of a fit that did not come to its end too. */
export async function dropStaleRankings({ store }: Project, signal: AbortSignal): Promise<void> {
  do await nextTurn(signal);
  while (store.transaction(() => store.rankings.removeStale(stride)) > 0);
}
