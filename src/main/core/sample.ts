// The sample project: pictures, labels and a model made on this machine, so that the first minute shows the whole loop.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComputeClient } from './compute-client.ts';
import { importImages } from './imports.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import { setModel } from './models.ts';
import type { Project } from './project.ts';

export interface SampleJobParams {
  /** Where the pictures, the label file and the model are drawn. */
  folder: string;
}

/** Draws the sample, imports its labels (with the planted errors; the truth stays outside the project) and sets its model. */
export async function makeSample(
  project: Project,
  compute: ComputeClient,
  { folder }: SampleJobParams,
  context: JobContext,
): Promise<JobOutcome> {
  await mkdir(folder, { recursive: true });
  context.report({ done: 0, total: null, stage: 'drawing-sample' });
  const stopListening = compute.onProgress(context.report);
  await compute.call('sample.draw', { folder }, { signal: context.signal }).finally(stopListening);
  const imported = await importImages(
    project,
    compute,
    {
      imagesFolder: join(folder, 'images'),
      labels: { format: 'csv', file: join(folder, 'labels.csv') },
      testFraction: 0,
      seed: 1,
    },
    context,
  );
  await setModel(project, compute, join(folder, 'model.onnx'));
  return imported;
}
