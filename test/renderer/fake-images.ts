// Images as the screen is told of them: rows of a queue, cards and evidence, made from a few words each.
import type { CoreCalls } from '../../src/shared/core-contract.ts';
import type { Evidence, RepresenterPoint } from '../../src/shared/evidence.ts';
import type { QueueCounts, QueueRow } from '../../src/shared/queue.ts';
import type { ImageCard } from '../../src/shared/review.ts';
import { certificate } from './fake-model.ts';

export interface FakeImage {
  path: string;
  given: number;
  suggested: number;
  width?: number;
  height?: number;
}

export const defaultClasses = ['ship', 'plane', 'truck'];

/** Every third suggestion agrees with the given label. */
export const someImages = (count: number, classes = defaultClasses.length): FakeImage[] =>
  Array.from({ length: count }, (_, index) => ({
    path: `train/picture-${index + 1}.png`,
    given: 1 + (index % classes),
    suggested: index % 3 === 2 ? 1 + (index % classes) : 1 + ((index + 1) % classes),
  }));

export const toQueueRow = ({ path, given, suggested }: FakeImage, index: number): QueueRow => ({
  imageId: index + 1,
  contentKey: (index + 1).toString(16).padStart(16, '0'),
  path,
  rank: index + 1,
  givenClassId: given,
  classId: given,
  suggestedClassId: suggested,
  probability: 0.91,
  secondClassId: suggested !== given ? given : given === 1 ? 2 : 1,
  state: 'open',
  score: 0.98 * 0.995 ** index,
  importance: 0.98 * 0.995 ** index,
});

/** The suggested class has probability 0.91, the others share the rest. */
export function toCard(
  row: QueueRow,
  rows: readonly QueueRow[],
  classes: readonly string[],
  image: FakeImage,
): ImageCard {
  const rest = (1 - 0.91) / Math.max(1, classes.length - 1);
  const probabilities = classes.map((_, index) => (index + 1 === row.suggestedClassId ? 0.91 : rest));
  return {
    ...row,
    split: 'train',
    width: image.width ?? 500,
    height: image.height ?? 375,
    logits: probabilities.map(Math.log),
    probabilities,
    rankedCount: rows.length,
    note: '',
    importanceQuantile: 1 - row.rank / rows.length,
  };
}

/** Numbers with many digits, so that rounding has something to get wrong; they add up exactly. */
export function toEvidence(
  { imageIds: [imageId = 0], classId, againstClassId, count = 3 }: CoreCalls['images.evidence']['params'],
  rows: readonly QueueRow[],
): Evidence {
  const point = (index: number, value: number): RepresenterPoint => {
    const { imageId: id, contentKey, path, state, givenClassId } = rows[(imageId + index) % rows.length]!;
    const label = value > 0 ? classId : (againstClassId ?? givenClassId);
    return { imageId: id, contentKey, path, state, classId: label, value, similarity: 0.9, cosine: 0.8 };
  };
  const excitatory = [0.8449, 0.6149, 0.5749].slice(0, count).map((value, index) => point(index, value));
  const inhibitory = [-0.4949, -0.3849, -0.2249].slice(0, count).map((value, index) => point(index + 3, value));
  const listed = [...excitatory, ...inhibitory].reduce((sum, { value }) => sum + value, 0);
  const own = -0.3333;
  const remainder = 1.7949;
  const residual = 0.00137;
  return {
    classId,
    againstClassId: againstClassId ?? null,
    logits: [],
    logit: listed + own + remainder + residual,
    excitatory,
    inhibitory,
    own,
    remainder,
    remainderCount: Math.max(0, rows.length - 2 * count - 1),
    residual,
    bound: certificate.maxLogitError,
  };
}

type Query = CoreCalls['queue.page']['params']['query'];

export const isFound = (row: QueueRow, query: Query): boolean =>
  (!query.states || query.states.includes(row.state)) &&
  (query.givenClassId ?? row.givenClassId) === row.givenClassId &&
  (query.classId ?? row.classId) === row.classId &&
  (query.suggestedClassId ?? row.suggestedClassId) === row.suggestedClassId &&
  row.path.includes(query.path ?? '');

export function toCounts(rows: readonly QueueRow[], query: Query, classes: number): QueueCounts {
  const found = rows.filter((row) => isFound(row, query));
  const countBy = (key: 'givenClassId' | 'classId' | 'suggestedClassId') =>
    Array.from({ length: classes }, (_, index) => found.filter((row) => row[key] === index + 1).length);
  const states = { open: 0, kept: 0, relabelled: 0, excluded: 0, unsure: 0 };
  for (const { state } of found) states[state] += 1;
  return {
    total: found.length,
    states,
    given: countBy('givenClassId'),
    classes: countBy('classId'),
    suggested: countBy('suggestedClassId'),
    confusions: [],
    scores: found.length === 0 ? null : { lowest: 0, highest: 1 },
    reviewers: ['Lin'],
  };
}
