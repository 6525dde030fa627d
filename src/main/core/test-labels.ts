// [Note: test labels apart] Test labels that the fit disagrees with, and what people say of them. A verdict on a test label
// is kept apart from the decisions: it changes no label, fit, ranking or run, only the second figure beside the accuracy.
// Otherwise one could raise an accuracy by deciding what it is measured on, and no two runs would be measured alike.
import type { Proportion } from '../../shared/runs.ts';
import type { TestLabels, TestVerdict } from '../../shared/test-labels.ts';
import { tell } from '../../shared/told.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Loaded } from './loaded.ts';
import { forEachPrediction } from './predict.ts';
import { requireModel, type Project } from './project.ts';
import { wilsonInterval } from '../../shared/wilson.ts';

interface Doubt {
  imageId: number;
  givenClassId: number;
  predictedClassId: number;
  /** The likeliest other class, and by how much its logit is above that of the given label. */
  suggestedClassId: number;
  probability: number;
  margin: number;
}

/**
 * The test labels that the newest fit speaks against, the largest margin first (METHODS 4.1): no test image is in a fit, so
 * every one of these logits is out of sample. Throws 'not-found' before a fit.
 */
export async function readTestLabels(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { count }: { count: number },
  signal: AbortSignal,
): Promise<TestLabels> {
  const { store } = project;
  await loaded.fit();
  const test = store.labels.ofSplit('test', requireModel(project).id);
  const classes = store.classes.count();
  const doubts: Doubt[] = [];
  const imageIds = Int32Array.from(test, ({ imageId }) => imageId);
  await forEachPrediction(compute, 'labels', imageIds, signal, (logits, first, images) => {
    for (let i = 0; i < images; i++)
      doubts.push(judge(test[first + i]!, logits.subarray(i * classes, (i + 1) * classes)));
  });
  const verdicts = store.testVerdicts.standing();
  const suspicious = doubts
    .filter(({ margin }) => margin > 0)
    .sort((a, b) => b.margin - a.margin || a.imageId - b.imageId);
  return {
    images: test.length,
    suspicious: suspicious.length,
    decided: verdicts.size,
    corrected: doubts.filter(({ imageId }) => (verdicts.get(imageId)?.action ?? 'keep') !== 'keep').length,
    accuracy: share(doubts, ({ givenClassId }) => givenClassId),
    correctedAccuracy: share(doubts, ({ imageId, givenClassId }) => toTruth(verdicts.get(imageId), givenClassId)),
    rows: suspicious.slice(0, count).map(({ imageId, givenClassId, suggestedClassId, probability, margin }) => {
      const { path, sha256 } = store.images.find(imageId)!;
      const verdict = verdicts.get(imageId) ?? null;
      return {
        imageId,
        path,
        contentKey: contentKeyOf(sha256),
        givenClassId,
        suggestedClassId,
        probability,
        margin,
        verdict,
      };
    }),
  };
}

/** Writes a verdict on a test label; `open` takes the last one back. Throws 'bad-request' for any other image. */
export function decideTestLabel(
  { store }: Project,
  reviewer: string,
  {
    imageId,
    action,
    classId,
  }: { imageId: number; action: TestVerdict['action'] | 'open'; classId?: number | undefined },
): void {
  const image = store.images.find(imageId);
  if (image?.split !== 'test') throw tell('bad-request', 'not-test', { image: imageId });
  if (action === 'relabel' && (classId === undefined || classId > store.classes.count()))
    throw tell('bad-request', 'relabel-to', {});
  const isGiven = action === 'relabel' && classId === image.givenClassId;
  store.transaction(() =>
    store.testVerdicts.add({
      imageId,
      reviewerId: store.reviewers.idOf(reviewer),
      action: isGiven ? 'keep' : action,
      classId: action === 'relabel' && !isGiven ? classId! : null,
    }),
  );
}

/** The class by the verdict; null where the image has none. */
export const toTruth = (verdict: TestVerdict | undefined, givenClassId: number): number | null =>
  verdict?.action === 'exclude' ? null : (verdict?.classId ?? givenClassId);

function judge({ imageId, givenClassId }: { imageId: number; givenClassId: number }, logits: Float64Array): Doubt {
  const own = logits[givenClassId - 1]!;
  let best = -1;
  let total = 0;
  const highest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  for (const [c, logit] of logits.entries()) {
    total += Math.exp(logit - highest);
    if (c !== givenClassId - 1 && (best < 0 || logit > logits[best]!)) best = c;
  }
  const other = best < 0 ? own : logits[best]!;
  return {
    imageId,
    givenClassId,
    predictedClassId: other > own ? best + 1 : givenClassId,
    suggestedClassId: best + 1,
    probability: Math.exp(other - highest) / total,
    margin: other - own,
  };
}

/** How many are predicted as `truthOf` says, of those that it gives a class; null of none. */
function share(doubts: readonly Doubt[], truthOf: (doubt: Doubt) => number | null): Proportion | null {
  const measured = doubts.filter((doubt) => truthOf(doubt) !== null);
  if (measured.length === 0) return null;
  const right = measured.filter((doubt) => truthOf(doubt) === doubt.predictedClassId).length;
  return { value: right / measured.length, interval: wilsonInterval(right, measured.length) };
}
