// One image: what is known of it, what the fit says of it, and which training images made the fit say so.
import type { Evidence, RepresenterPoint } from '../../shared/evidence.ts';
import type { SimilarImage } from '../../shared/queue.ts';
import type { ImageCard } from '../../shared/review.ts';
import { tell } from '../../shared/told.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import type { ExplainAnswer, ExplainedPoint } from '../../shared/compute-contract.ts';
import type { CoreHandlerCalls } from '../../shared/core-contract.ts';
import type { ImageRow } from '../store/image-table.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Loaded } from './loaded.ts';
import { requireModel, type Project } from './project.ts';
import { toQueueRow, toStoredQuery } from './queue.ts';

export async function readCard(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { imageId, method }: CoreHandlerCalls['images.card']['params'],
  signal: AbortSignal,
): Promise<ImageCard> {
  const { store } = project;
  const image = requireImage(project, imageId);
  requireFeatures(project, image);
  await loaded.fit();
  const fit = store.fits.latest(requireModel(project).id)!;
  const logits = await compute.call('fit.predict', { fit: 'labels', rows: Int32Array.of(imageId - 1) }, { signal });
  const probabilities = softmax(logits);
  const order = toStoredQuery(project, fit, { method });
  const [ranked] = store.rankings.rowsOf(fit.id, order, Int32Array.of(imageId));
  const byImportance = toStoredQuery(project, fit, { method: 'importance' });
  const [costly] = store.rankings.rowsOf(fit.id, byImportance, Int32Array.of(imageId));
  const costlyCount = store.rankings.count(fit.id, 'importance');
  return {
    imageId,
    contentKey: contentKeyOf(image.sha256),
    path: image.path,
    split: image.split,
    width: image.width,
    height: image.height,
    givenClassId: image.givenClassId,
    classId: image.classId,
    state: image.state,
    suggestedClassId: 1 + probabilities.indexOf(Math.max(...probabilities)),
    logits: [...logits],
    probabilities,
    rank: ranked?.rank ?? null,
    rankedCount: store.rankings.count(order.rankingFitId, order.method),
    importance: costly?.importance ?? null,
    importanceQuantile: costly ? (costlyCount - costly.rank) / Math.max(1, costlyCount - 1) : null,
    note: store.notes.newestOf(imageId),
  };
}

export type EvidenceParams = CoreHandlerCalls['images.evidence']['params'];

export async function readEvidence(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { imageIds, classId, againstClassId, count, order, fit }: EvidenceParams,
  signal: AbortSignal,
): Promise<Evidence> {
  for (const imageId of imageIds) requireFeatures(project, requireImage(project, imageId));
  requireClasses(project, classId, againstClassId);
  const { classIds } = await loaded.fit(fit);
  const answer = await compute.call(
    'fit.explain',
    {
      fit,
      rows: Int32Array.from(imageIds, (id) => id - 1),
      toward: classId - 1,
      against: againstClassId === undefined ? null : againstClassId - 1,
      count,
      order,
    },
    { signal },
  );
  return toEvidence(project, classIds, answer, { classId, againstClassId });
}

/** What compute found, in the words of the project; `classIds` are those of the fit. */
export function toEvidence(
  project: Project,
  classIds: Int32Array,
  answer: ExplainAnswer,
  { classId, againstClassId }: { classId: number; againstClassId?: number | undefined },
): Evidence {
  const suspects = findSuspects(project, [...answer.excitatory, ...answer.inhibitory]);
  const toPoint = ({ row, value, similarity, cosine }: ExplainedPoint): RepresenterPoint => {
    const point = requireImage(project, row + 1);
    const suspectRank = suspects.get(point.id);
    return {
      imageId: point.id,
      contentKey: contentKeyOf(point.sha256),
      path: point.path,
      classId: classIds[point.id]!,
      state: point.state,
      ...(suspectRank === undefined ? {} : { suspectRank }),
      value,
      similarity,
      cosine,
    };
  };
  return {
    classId,
    againstClassId: againstClassId ?? null,
    logits: [...answer.logits],
    logit: answer.logit,
    excitatory: answer.excitatory.map(toPoint),
    inhibitory: answer.inhibitory.map(toPoint),
    own: answer.own,
    remainder: answer.remainder,
    remainderCount: answer.remainderCount,
    residual: answer.residual,
    bound: answer.bound,
  };
}

/** Rank by image id of those points whose own label is in doubt and open. */
function findSuspects(project: Project, points: readonly ExplainedPoint[]): Map<number, number> {
  const { store } = project;
  const fit = store.fits.latest(requireModel(project).id);
  if (!fit) return new Map();
  const order = toStoredQuery(project, fit, { method: 'learned' });
  const imageIds = Int32Array.from(points, ({ row }) => row + 1);
  return new Map(
    store.rankings
      .rowsOf(fit.id, order, imageIds)
      .filter(({ state, suggestedClassId, givenClassId }) => state === 'open' && suggestedClassId !== givenClassId)
      .map(({ imageId, rank }) => [imageId, rank]),
  );
}

/** The training images nearest to an image, by the cosine of their features; not a ranking found them, so they have no rank. */
export async function readSimilar(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { imageId, count }: { imageId: number; count: number },
  signal: AbortSignal,
): Promise<SimilarImage[]> {
  requireFeatures(project, requireImage(project, imageId));
  const { fitId } = await loaded.fit();
  const byImportance = toStoredQuery(project, { id: fitId, rankingFitId: fitId }, { method: 'importance' });
  const { rows, similarities } = await compute.call('fit.nearest', { row: imageId - 1, count }, { signal });
  const byImage = new Map(Array.from(rows, (row, index) => [row + 1, similarities[index]!]));
  return project.store.rankings
    .rowsOf(fitId, byImportance, Int32Array.from(byImage.keys()))
    .map((row) => ({ ...toQueueRow(row), rank: 0, similarity: byImage.get(row.imageId)! }));
}

export function findImage(project: Project, path: string): { imageId: number } {
  const imageId = project.store.images.idOfPath(path.replaceAll('\\', '/'));
  if (imageId === undefined) throw tell('not-found', 'no-path', { path });
  return { imageId };
}

export function requireImage({ store }: Project, imageId: number): ImageRow {
  const image = store.images.find(imageId);
  if (!image) throw tell('not-found', 'no-image', { image: imageId });
  return image;
}

export function requireClasses({ store }: Project, ...classIds: (number | undefined)[]): void {
  const classes = store.classes.count();
  const largest = Math.max(...classIds.map((id) => id ?? 1));
  if (largest > classes) throw tell('bad-request', 'no-class', { classes, class: largest });
}

function requireFeatures(project: Project, image: ImageRow): void {
  if (image.problem !== null) throw tell('unreadable', 'picture', { path: image.path, why: image.problem });
  const reason = project.store.features.problemOf(requireModel(project).id, image.id);
  if (reason !== undefined) throw tell('unreadable', 'picture', { path: image.path, why: reason });
}

function softmax(logits: Float64Array): number[] {
  const largest = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
