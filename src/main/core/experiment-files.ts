// What an experiment came to, as files: the numbers as CSV, the two curves as PNG.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentResult } from '../../shared/experiment.ts';
import { tell } from '../../shared/told.ts';
import type { ComputeClient } from './compute-client.ts';
import { freeTarget, translateWriteError } from './export.ts';
import { plotExperiment } from './experiment-plot.ts';
import type { Jobs } from './jobs.ts';

export interface ExperimentTargets {
  table: string;
  plot: string;
}

/** The paths of NAME.csv and NAME.png. Throws 'bad-request' for a name with slashes and 'conflict' where one is there. */
export const freeTargets = async (folder: string, name: string): Promise<ExperimentTargets> => ({
  table: await freeTarget(folder, `${name}.csv`),
  plot: await freeTarget(folder, `${name}.png`),
});

/** Writes both beside and renames them. Returns their paths; throws a sentence where they cannot be written. */
export async function writeExperiment(
  compute: ComputeClient,
  { table, plot }: ExperimentTargets,
  result: ExperimentResult,
  signal: AbortSignal,
): Promise<string[]> {
  const beside = (path: string) => `${path}.part`;
  let target = table;
  try {
    await mkdir(dirname(table), { recursive: true });
    await writeFile(beside(table), toTable(result), { signal });
    target = plot;
    await compute.call('picture.draw', { svg: plotExperiment(result), out: beside(plot) }, { signal });
    for (target of [table, plot]) await rename(beside(target), target);
  } catch (error) {
    for (const path of [table, plot]) await rm(beside(path), { force: true }).catch(() => undefined);
    throw translateWriteError(error, target, signal);
  }
  return [table, plot];
}

/** The result of an experiment that is done. Throws 'not-found' for any other job. */
export function readExperiment(jobs: Jobs, id: number): ExperimentResult {
  const result = jobs.list().find((job) => job.id === id)?.kind === 'experiment' ? jobs.resultOf(id) : null;
  if (!result) throw tell('not-found', 'no-experiment', { job: id });
  return result as ExperimentResult;
}

const toTable = ({ methods }: ExperimentResult): string =>
  stringify(
    methods.flatMap(({ method, shares, averagePrecision, auroc }) =>
      shares.map(({ checked, found, accuracy }) => ({
        method,
        checked,
        found_mean: found.mean,
        found_sd: found.sd,
        accuracy_mean: accuracy?.mean ?? '',
        accuracy_sd: accuracy?.sd ?? '',
        average_precision: averagePrecision.mean,
        auroc: auroc.mean,
      })),
    ),
    { header: true },
  );
