// The report job: collected, written beside and renamed, never over a file that is there.
import { rename, rm, writeFile } from 'node:fs/promises';
import type { ErrorsLeft } from '../../shared/ranking.ts';
import type { ComputeClient } from './compute-client.ts';
import { freeTarget, translateWriteError } from './export.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import type { Project } from './project.ts';
import type { Thumbnails } from './thumbnails.ts';
import { collectReport } from './report/collect.ts';
import { toPage } from './report/page.ts';
import { sentence } from '../../shared/told.ts';

export interface ReportJobParams {
  format: 'html' | 'json';
  folder: string;
  name: string;
}

export interface ReportResult {
  written: string;
  runs: number;
  examples: number;
}

export async function writeReport(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  thumbnails: Thumbnails,
  errorsLeft: ErrorsLeft | null,
  { format, folder, name }: ReportJobParams,
  { signal, report: progress }: JobContext,
): Promise<JobOutcome> {
  const target = await freeTarget(folder, name);
  progress({ done: 0, total: null, stage: 'measuring-runs' });
  const report = await collectReport(project, compute, loaded, thumbnails, errorsLeft, signal);
  progress({ done: 0, total: null, stage: 'writing-report' });
  const beside = `${target}.part`;
  try {
    await writeFile(beside, format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : toPage(report), { signal });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw translateWriteError(error, target, signal);
  }
  const result: ReportResult = { written: target, runs: report.runs.length, examples: report.examples.length };
  return { note: sentence('result.report', { path: target }), result };
}
