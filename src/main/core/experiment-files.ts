// What an experiment came to, as files: the numbers as CSV, the two curves as PNG.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentResult } from '../../shared/experiment.ts';
import { AppError } from '../../shared/errors.ts';
import type { ComputeClient } from './compute-client.ts';
import { plotExperiment } from './experiment-plot.ts';
import type { Jobs } from './jobs.ts';

/** Writes NAME.csv and NAME.png beside and renames them; files that are there stay as they are. Returns their paths. */
export async function writeExperiment(
  compute: ComputeClient,
  folder: string,
  name: string,
  result: ExperimentResult,
): Promise<string[]> {
  if (/[\\/]/.test(name)) throw new AppError('bad-request', `${name} is not a file name. Leave out the slashes.`);
  const [table, plot] = ['csv', 'png'].map((ending) => join(folder, `${name}.${ending}`)) as [string, string];
  for (const path of [table, plot])
    if (existsSync(path))
      throw new AppError('conflict', `${path} exists already. Choose another folder, or move that file away.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${table}.part`, toTable(result));
  await compute.call('picture.draw', { svg: plotExperiment(result), out: `${plot}.part` });
  for (const path of [table, plot]) renameSync(`${path}.part`, path);
  return [table, plot];
}

/** The result of an experiment that is done. Throws 'not-found' for any other job. */
export function readExperiment(jobs: Jobs, id: number): ExperimentResult {
  const result = jobs.list().find((job) => job.id === id)?.kind === 'experiment' ? jobs.resultOf(id) : null;
  if (!result) throw new AppError('not-found', `Job ${id} is no experiment that is done.`);
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
