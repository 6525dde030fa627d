import type { Database } from 'better-sqlite3';
import type { Certificate, FeatureScale } from '../../shared/fit.ts';
import type { Versions } from '../../shared/runs.ts';
import { toBlob, toInt32 } from './blobs.ts';

export interface NewRun {
  fitId: number;
  decisions: number;
  changedLabels: number;
  testImageIds: Int32Array;
  /** The label and the prediction of each test image. */
  testClassIds: Int32Array;
  predictedClassIds: Int32Array;
  /** What the features came from. */
  provider: string | null;
  versions: Versions;
}

export interface StoredRun extends NewRun {
  id: number;
  createdAt: number;
  modelId: number;
  lambda: number;
  lambdaChosen: 'auto' | 'given';
  featureScale: FeatureScale;
  tolerance: number;
  startFitId: number | null;
  labelsRevision: number;
  /** The largest image id then; images that were imported later have larger ones. null where it was not recorded. */
  lastImageId: number | null;
  certificate: Certificate;
  seconds: number;
}

type RunRow = Omit<StoredRun, 'testImageIds' | 'testClassIds' | 'predictedClassIds' | 'certificate' | 'versions'> &
  Record<'testImageIds' | 'testClassIds' | 'predictedClassIds', Buffer> &
  Record<'certificate' | 'versions', string>;

export function createRunTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO run (fit_id, decisions, changed_labels, test_image_ids, test_class_ids, predicted_class_ids, provider,
      versions, last_image_id, created_at)
    VALUES (@fitId, @decisions, @changedLabels, @testImageIds, @testClassIds, @predictedClassIds, @provider,
      @versions, (SELECT max(id) FROM image), @createdAt)`);
  const ofModel = db.prepare(`
    SELECT run.id, run.fit_id AS fitId, run.decisions, run.changed_labels AS changedLabels,
      run.test_image_ids AS testImageIds, run.test_class_ids AS testClassIds, run.predicted_class_ids AS predictedClassIds,
      run.provider, run.versions, run.last_image_id AS lastImageId, run.created_at AS createdAt, fit.model_id AS modelId, fit.lambda,
      fit.lambda_chosen AS lambdaChosen, fit.feature_scale AS featureScale, fit.tolerance,
      fit.start_fit_id AS startFitId, fit.labels_revision AS labelsRevision, fit.certificate, fit.seconds
    FROM run JOIN fit ON fit.id = run.fit_id WHERE fit.model_id = ? ORDER BY run.id`);
  const countOfModel = db
    .prepare('SELECT count(*) FROM run JOIN fit ON fit.id = run.fit_id WHERE fit.model_id = ?')
    .pluck();
  return {
    add: (run: NewRun) =>
      Number(
        insert.run({
          ...run,
          testImageIds: toBlob(run.testImageIds),
          testClassIds: toBlob(run.testClassIds),
          predictedClassIds: toBlob(run.predictedClassIds),
          versions: JSON.stringify(run.versions),
          createdAt: Date.now(),
        }).lastInsertRowid,
      ),
    countOfModel: (modelId: number) => countOfModel.get(modelId) as number,
    ofModel: (modelId: number): StoredRun[] =>
      (ofModel.all(modelId) as RunRow[]).map((row) => ({
        ...row,
        certificate: JSON.parse(row.certificate) as Certificate,
        versions: JSON.parse(row.versions) as Versions,
        testImageIds: toInt32(row.testImageIds),
        testClassIds: toInt32(row.testClassIds),
        predictedClassIds: toInt32(row.predictedClassIds),
      })),
  };
}
