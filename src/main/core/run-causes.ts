// Why a test image turned between two runs: the changed train labels whose representer value for it changed most.
import type { ChangedPoint, RunCauses } from '../../shared/runs.ts';
import { tell } from '../../shared/told.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import type { StoredRun } from '../store/run-table.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Loaded } from './loaded.ts';
import type { Project } from './project.ts';
import { requireRun } from './runs.ts';
import { classesIn, readChanges, readTrainingSet } from './training-set.ts';

/**
 * Takes the logit of the class that is right (or is now, where none is) less that of the other prediction, before and after.
 * Throws 'not-found' for a run or a test image that is not there, 'bad-request' for an image that did not turn or
 * turned to a class that the other run did not know.
 */
export async function findCauses(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { beforeId, afterId, imageId, count }: { beforeId: number; afterId: number; imageId: number; count: number },
  signal: AbortSignal,
): Promise<RunCauses> {
  const { store } = project;
  const [before, after] = [requireRun(project, beforeId), requireRun(project, afterId)];
  const [was, is] = [predictionOf(before, imageId), predictionOf(after, imageId)];
  if (was === is) throw tell('bad-request', 'not-turned', { before: beforeId, after: afterId });
  const right = store.images.find(imageId)!.givenClassId;
  const [classId, againstClassId] = was === right ? [was, is] : [is, was];

  await loaded.matrix(signal);
  const changes = readChanges(project, before, after);
  const toHead = (run: StoredRun, side: 'classBefore' | 'classAfter') => {
    const { weights, scale, lambda } = store.fits.find(run.fitId)!;
    const { imageIds } = readTrainingSet(project, run);
    const classes = classesIn(project, weights);
    if (Math.max(classId, againstClassId) > classes) throw tell('bad-request', 'run-older', { run: run.id });
    const labels = Int32Array.from(changes, (change) => (change[side] ?? 0) - 1);
    return { weights, scale, classes, lambda, count: imageIds.length, labels };
  };
  const answer = await compute.call(
    'fit.change',
    {
      before: toHead(before, 'classBefore'),
      after: toHead(after, 'classAfter'),
      rows: Int32Array.from(changes, (change) => change.imageId - 1),
      row: imageId - 1,
      toward: classId - 1,
      against: againstClassId - 1,
    },
    { signal },
  );
  const deltaOf = (place: number) => answer.valuesAfter[place]! - answer.valuesBefore[place]!;
  const places = [...changes.keys()].sort((a, b) => Math.abs(deltaOf(b)) - Math.abs(deltaOf(a)) || a - b);
  const changedSum = places.reduce((sum, place) => sum + deltaOf(place), 0);
  return {
    imageId,
    classId,
    againstClassId,
    before: answer.before,
    after: answer.after,
    changed: places.slice(0, count).map((place): ChangedPoint => {
      const change = changes[place]!;
      const { path, sha256 } = store.images.find(change.imageId)!;
      return {
        ...change,
        path,
        contentKey: contentKeyOf(sha256),
        before: answer.valuesBefore[place]!,
        after: answer.valuesAfter[place]!,
      };
    }),
    changedCount: changes.length,
    changedSum,
    othersSum: answer.after - answer.before - changedSum,
  };
}

function predictionOf(run: StoredRun, imageId: number): number {
  const place = run.testImageIds.indexOf(imageId);
  if (place < 0) throw tell('not-found', 'not-measured', { run: run.id });
  return run.predictedClassIds[place]!;
}
