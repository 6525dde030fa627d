// The repaired model: the project's ONNX file with the newest fit in the place of its head.
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { sentence } from '../../shared/told.ts';
import type { ComputeClient } from './compute-client.ts';
import { freeTarget, translateWriteError, type ExportJobParams, type ExportResult } from './export.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { requireImageRoot, requireModel, type Project } from './project.ts';

export interface ModelExportResult extends ExportResult {
  classes: number;
  lambda: number;
  /** Pictures that the file was checked on, and how far its logits are from the fit's, relative to the largest. */
  checked: number;
  difference: number;
  /** Names of the weight files that were copied beside it. */
  copied: string[];
  notes: string[];
}

/** Pictures that the written file is checked on. */
const checkedImages = 100;

export async function exportModel(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  version: string,
  { folder, name }: ExportJobParams,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  const target = await freeTarget(folder, name);
  const model = requireModel(project);
  const root = requireImageRoot(project);
  report({ done: 0, total: null, stage: 'writing-model' });
  const { fitId } = await loaded.fit();
  const fit = store.fits.find(fitId)!;
  const classNames = store.classes.list().map((each) => each.name);
  const images = spread(store.images.withFeatures(model.id), checkedImages);
  const rows = Int32Array.from(images, ({ id }) => id - 1);
  const { uid } = store.project.read();

  const beside = `${target}.part`;
  try {
    await rm(beside, { force: true });
    const { difference, checked, copied, notes } = await compute.call(
      'model.export',
      {
        path: model.path,
        sha256: model.sha256,
        preprocessing: model.description.preprocessing,
        output: model.description.heads?.chosen,
        provider: model.provider ?? 'cpu',
        weights: fit.weights,
        scale: fit.scale,
        classNames,
        metadata: {
          'second_look.version': version,
          'second_look.project': uid,
          'second_look.date': new Date().toISOString(),
          'second_look.lambda': String(fit.lambda),
          'second_look.feature_scale': String(fit.scale),
          'second_look.classes': JSON.stringify(classNames),
          'second_look.preprocessing': JSON.stringify(model.description.preprocessing),
          'second_look.source_sha256': model.sha256,
        },
        target: beside,
        paths: images.map(({ path }) => join(root, path)),
        logits: await compute.call('fit.predict', { fit: 'labels', rows }, { signal }),
      },
      { signal },
    );
    await rename(beside, target);
    const changed = store.labels.changedCount();
    const later = store.decisions.changesSince(fit.labelsRevision);
    const result: ModelExportResult = {
      written: target,
      changed,
      classes: classNames.length,
      lambda: fit.lambda,
      checked,
      difference,
      copied,
      notes: later === 0 ? notes : [...notes, sentence('about.later-labels', { count: later })],
    };
    return { note: describe(result), result };
  } catch (error) {
    await rm(beside, { force: true });
    throw error instanceof AppError ? error : translateWriteError(error, target, signal);
  }
}

/** `count` of the items, evenly over all of them. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)]!);
}

function describe({ written, classes, lambda, checked, difference, copied, notes }: ModelExportResult): string {
  const places = { lambda, classes, path: written, images: checked, difference: difference.toExponential(1) };
  const files = copied.length === 0 ? [] : [sentence('result.weights-beside', { files: copied.join(', ') })];
  return [sentence('result.model', places), ...files, ...notes].join(' ');
}
