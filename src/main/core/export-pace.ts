// A reviewer's own pace as a file. It is written nowhere else, and nobody's but that of who asks for it.
import { rename, rm, writeFile } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { sentence, tell } from '../../shared/told.ts';
import { freeTarget, translateWriteError, type ExportJobParams } from './export.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Project } from './project.ts';
import { Reviews } from './reviews.ts';

export interface Pace {
  reviewer: string;
  /** Images whose standing decision is this reviewer's, and those of them that got another label. */
  decisions: number;
  changes: number;
  /** Over the last ten minutes of work; null before the tenth decision. */
  imagesPerHour: number | null;
  /** Share of the last 50 decisions that changed the label, 0 to 1. */
  hitRateOfLast50: number | null;
  /** Of the last 50 timed decisions. */
  medianSeconds: number | null;
}

export interface PaceExportResult extends Pace {
  written: string;
}

/** One line of CSV below its header, or the same as JSON where the name ends in .json. Written beside and renamed. */
export async function exportPace(
  { store }: Pick<Project, 'store'>,
  { folder, name, reviewer }: ExportJobParams,
  { signal }: Pick<JobContext, 'signal'>,
): Promise<JobOutcome> {
  const target = await freeTarget(folder, name);
  const counted = store.decisions.countByReviewer().find((each) => each.reviewer === reviewer);
  if (!counted) throw tell('not-found', 'no-pace', { reviewer });
  const { hitRate, pacePerHour, secondsPerDecision } = new Reviews(store, reviewer).progress();
  const pace: Pace = {
    reviewer,
    decisions: counted.decisions,
    changes: counted.changes,
    imagesPerHour: pacePerHour,
    hitRateOfLast50: hitRate,
    medianSeconds: secondsPerDecision,
  };
  const beside = `${target}.part`;
  try {
    const text = name.endsWith('.json') ? `${JSON.stringify(pace, null, 2)}\n` : stringify([pace], { header: true });
    await writeFile(beside, text, { signal });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw translateWriteError(error, target, signal);
  }
  const result: PaceExportResult = { ...pace, written: target };
  return { note: sentence('result.pace', { reviewer, path: target }), result };
}
