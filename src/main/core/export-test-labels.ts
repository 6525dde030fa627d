// What was said of test labels, as a file of its own: it is never mixed into the corrected labels.
import { renameSync, writeFileSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { excludedLabel, freeTarget, translateWriteError, type ExportJobParams, type ExportResult } from './export.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Project } from './project.ts';
import { toTruth } from './test-labels.ts';
import { sentence } from '../../shared/told.ts';

/** Columns path, given_label, label and action, a line for each verdict. Written beside and renamed. */
export async function exportTestLabels(
  { store }: Project,
  { folder, name }: ExportJobParams,
  { signal }: JobContext,
): Promise<JobOutcome> {
  const target = await freeTarget(folder, name);
  const names = new Map(store.classes.list().map((each) => [each.id, each.name]));
  const rows = [...store.testVerdicts.standing()].map(([imageId, verdict]) => {
    const { path, givenClassId } = store.images.find(imageId)!;
    const truth = toTruth(verdict, givenClassId);
    return {
      path,
      given_label: names.get(givenClassId)!,
      label: truth === null ? excludedLabel : names.get(truth)!,
      action: verdict.action,
    };
  });
  try {
    writeFileSync(
      `${target}.part`,
      stringify(rows, { header: true, columns: ['path', 'given_label', 'label', 'action'] }),
    );
    renameSync(`${target}.part`, target);
  } catch (error) {
    throw translateWriteError(error, target, signal);
  }
  const result: ExportResult = { written: target, changed: rows.filter(({ action }) => action !== 'keep').length };
  return { note: sentence('result.test-labels', { count: rows.length, path: target }), result };
}
