// What a retrain would gain, before it is asked for.
import type { RetrainPreview } from '../../shared/runs.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Loaded } from './loaded.ts';
import { argmax } from './predict.ts';
import { requireModel, type Project } from './project.ts';
import { toAnchor } from './training-set.ts';

/** Logits that may be further off than this are no preview of the refit, and are not shown. */
const honest = 0.1;

/** null where no label changed since the fit, no test image measures it, or a few steps do not come near the refit. */
export async function previewRetrain(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  signal: AbortSignal,
): Promise<RetrainPreview | null> {
  const { store } = project;
  const modelId = requireModel(project).id;
  const testAccuracyBefore = store.fits.latest(modelId)?.testAccuracy ?? null;
  if (testAccuracyBefore === null) return null;
  const { classIds } = await loaded.fit();
  const all = store.labels.ofSplit('train', modelId);
  const changedLabels = all.filter(({ imageId, classId }) => (classId ?? 0) !== classIds[imageId]).length;
  const train = all.filter(({ classId }) => classId !== null);
  if (changedLabels === 0 || train.length === 0) return null;

  const test = store.labels.ofSplit('test', modelId).filter(({ classId }) => classId !== null);
  const classes = store.classes.count();
  const { logits, logitError } = await compute.call(
    'fit.preview',
    {
      rows: Int32Array.from(train, ({ imageId }) => imageId - 1),
      labels: Int32Array.from(train, ({ classId }) => classId! - 1),
      classes,
      predict: Int32Array.from(test, ({ imageId }) => imageId - 1),
      anchor: toAnchor(all),
    },
    { signal },
  );
  if (!(logitError <= honest)) return null;
  const right = test.filter(({ classId }, i) => 1 + argmax(logits, i * classes, classes) === classId).length;
  return { changedLabels, testAccuracyBefore, testAccuracy: right / test.length, logitError };
}
