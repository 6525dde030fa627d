// [Note: as if nobody had looked] The rankings compared on the verdicts of this project. They are made anew from the labels as they were given: one that
// knew the verdicts would be judged by what it was told.
import { distinctRankings, type BakeOff } from '../../shared/ranking.ts';
import type { ComputeClient } from './compute-client.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import { toVerdicts } from './learning.ts';
import type { Loaded } from './loaded.ts';
import { requireModel, type Project } from './project.ts';
import { toRankRequest } from './rankings.ts';
import { sentence } from '../../shared/told.ts';

/** Of confirmed errors and of kept labels; with fewer the rankings cannot be told apart. */
const fewest = 20;
const checked = [0.1, 0.2, 0.4];

/** Cancellable; changes nothing of the project. Throws 'not-found' before a fit. */
export async function bakeOff(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  const images = store.labels.ofSplit('train', requireModel(project).id);
  const verdicts = toVerdicts(images);
  const wrong = verdicts.isWrong.reduce((sum, value) => sum + value, 0);
  const result: BakeOff = { reviewed: verdicts.judged.length, wrong, fewest, checked, methods: null };
  if (Math.min(wrong, result.reviewed - wrong) < fewest) return { note: sentence('result.too-few'), result };
  report({ done: 0, total: null, stage: 'loading-features' });
  const { fitId } = await loaded.fit();
  const classes = store.classes.count();
  const methods = distinctRankings(classes).filter((method) => method !== 'learned');
  const request = toRankRequest(images, classes, store.fits.find(fitId)!);
  const stopListening = compute.onProgress(report);
  const baked = await compute
    .call('rank.bakeOff', { ...request, truth: request.truth.fill(-1), ...verdicts, methods, checked }, { signal })
    .finally(stopListening);
  result.methods = baked.sort((a, b) => b.averagePrecision - a.averagePrecision);
  return { note: sentence('result.bake-off', { rankings: methods.length, verdicts: result.reviewed }), result };
}
