// Corrected labels back in the form in which they came. Written beside and renamed, so that a half-written file never has
// the name that was asked for, and never over a file that exists.
import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cancelled } from '../../shared/errors.ts';
import { sentence, tell } from '../../shared/told.ts';
import { writeCsv } from './formats/csv.ts';
import { writePathLabel } from './formats/path-label.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Project } from './project.ts';

export interface ExportJobParams {
  format: 'csv' | 'onnx' | 'test-labels' | 'pace';
  folder: string;
  name: string;
  /** Whose pace. */
  reviewer: string;
}

export interface ExportResult {
  written: string;
  /** Labels that differ from the given ones. */
  changed: number;
}

/** What an excluded image carries in the label column: it belongs to no class. */
export const excludedLabel = '';

export async function exportLabels(
  { store }: Project,
  { folder, name }: ExportJobParams,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const target = await freeTarget(folder, name);
  const source = store.source.read();
  if (!source) throw tell('not-found', 'no-labels', {});

  report({ done: 0, total: null, stage: 'writing-labels' });
  const changed = store.labels.changed();
  const lines =
    source.format === 'csv'
      ? writeCsv(
          store.source.chunks(),
          source.labelColumn!,
          new Map(changed.flatMap(({ record, label }) => (record === null ? [] : [[record, label ?? excludedLabel]]))),
        )
      : writePathLabel(store.labels.all());
  const beside = `${target}.part`;
  try {
    await pipeline(lines, createWriteStream(beside), { signal });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw translateWriteError(error, target, signal);
  }
  const result: ExportResult = { written: target, changed: changed.length };
  return { note: sentence('result.labels', { count: changed.length, path: target }), result };
}

/** The path to write to. Throws 'bad-request' for a name with slashes and 'conflict' where there is such a file. */
export async function freeTarget(folder: string, name: string): Promise<string> {
  if (/[\\/]/.test(name)) throw tell('bad-request', 'name-with-slashes', { name });
  const target = join(folder, name);
  if (!(await exists(target))) return target;
  throw tell('conflict', 'target-exists', { path: target });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const notWritable: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST']);

/** What a person can act on as AppError: no room, no such folder, no right to write; anything else as it is. */
export function translateWriteError(error: unknown, target: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return cancelled(error);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC') return tell('no-space', 'target-full', { path: target }, { cause: error });
  if (code !== undefined && notWritable.has(code))
    return tell('unreadable', 'target-not-written', { path: target }, { cause: error });
  return error;
}
