// The paper's study on the project's own images: labels are made wrong, or a file tells the true ones, and rankings are
// compared by what a reviewer who knows the truth would find. Nothing of the project is changed.
import { join } from 'node:path';
import type { ExperimentCurve } from '../../shared/compute-contract.ts';
import type { ExperimentParams } from '../../shared/core-contract.ts';
import type { ExperimentResult, Spread } from '../../shared/experiment.ts';
import { isAppError } from '../../shared/errors.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { ComputeClient } from './compute-client.ts';
import { freeTargets, writeExperiment } from './experiment-files.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { requireImageRoot, requireModel, requireTwoClasses, type Project } from './project.ts';
import { readTruth } from './truth-file.ts';

/** Places of the contract resolved to paths. */
export type ExperimentJobParams = Omit<ExperimentParams, 'truth' | 'folder'> & { truth?: string; folder?: string };

/** Throws before anything is computed where the files cannot have their names; what cannot be written later is noted. */
export async function runExperiment(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { truth, folder, ...params }: ExperimentJobParams,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  const { features, methods, seeds, checked, flip, noise, lambda } = params;
  requireTwoClasses(project);
  const targets = folder === undefined ? undefined : await freeTargets(folder, 'experiment');
  report({ done: 0, total: null, stage: 'loading-features' });
  if (features === 'head') await loaded.matrix(signal);
  const modelId = requireModel(project).id;
  const train = store.labels.ofSplit('train', modelId).filter(({ classId }) => classId !== null);
  const test = store.labels.ofSplit('test', modelId).filter(({ classId }) => classId !== null);
  if (train.length === 0) throw tell('bad-request', 'nothing-to-try', {});
  const pathOf = (imageId: number) => store.images.find(imageId)!.path;
  const file = truth === undefined ? undefined : await readTruth(project, truth);
  const told = file?.truth;
  const known = told ? train.filter(({ imageId }) => told.has(imageId)) : train;
  if (told && known.length === 0) throw tell('bad-request', 'truth-of-none', { file: truth! });
  const root = requireImageRoot(project);
  const stopListening = compute.onProgress(report);
  const answer = await compute
    .call(
      'experiment.run',
      {
        rows: Int32Array.from(known, ({ imageId }) => imageId - 1),
        truth: Int32Array.from(known, ({ imageId, classId }) => (told?.get(imageId) ?? classId!) - 1),
        given: told ? Int32Array.from(known, ({ givenClassId }) => givenClassId - 1) : null,
        flip: { share: flip ?? 0, kind: noise },
        testRows: Int32Array.from(test, ({ imageId }) => imageId - 1),
        testTruth: Int32Array.from(test, ({ classId }) => classId! - 1),
        classes: store.classes.count(),
        lambda,
        featureScale: features === 'head' ? 'unit' : 'none',
        methods,
        seeds,
        checked,
        pixels: features === 'head' ? null : [...known, ...test].map(({ imageId }) => join(root, pathOf(imageId))),
      },
      { signal },
    )
    .finally(stopListening);
  const result: ExperimentResult = {
    images: known.length,
    lambda: answer.lambda,
    seeds,
    noise: told ? 'truth' : noise,
    truth: file?.reading ?? null,
    wrong: spreadOf(answer.ends.map(({ wrong }) => wrong))!.mean,
    features,
    before: spreadOf(answer.ends.flatMap(({ before }) => before ?? [])),
    clean: spreadOf(answer.ends.flatMap(({ clean }) => clean ?? [])),
    methods: methods.map((method) => summarize(method, checked, answer.curves)),
    written: [],
    notWritten: null,
  };
  if (targets)
    try {
      result.written = await writeExperiment(compute, targets, result, signal);
    } catch (error) {
      // What took an hour to compute is not lost with a full disk.
      if (!isAppError(error) || error.code === 'cancelled') throw error;
      result.notWritten = error.message;
    }
  const note = sentence('result.experiment', { rankings: methods.length, count: seeds, lambda: answer.lambda });
  return { note: result.notWritten === null ? note : `${note} ${result.notWritten}`, result };
}

function summarize(
  method: ExperimentResult['methods'][number]['method'],
  checked: readonly number[],
  curves: readonly ExperimentCurve[],
): ExperimentResult['methods'][number] {
  const own = curves.filter((curve) => curve.method === method);
  return {
    method,
    shares: checked.map((share, at) => ({
      checked: share,
      found: spreadOf(own.map(({ found }) => found[at]!))!,
      accuracy: spreadOf(own.flatMap(({ accuracy }) => accuracy[at] ?? [])),
    })),
    averagePrecision: spreadOf(own.map(({ averagePrecision }) => averagePrecision))!,
    auroc: spreadOf(own.map(({ auroc }) => auroc))!,
  };
}

/** Mean and standard deviation over seeds; null of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}
