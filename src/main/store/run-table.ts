import type { Database } from 'better-sqlite3';
import type { Certificate, FeatureScale, FitSummary } from '../../shared/domain.ts';
import { toBlob, toInt32 } from './blobs.ts';

export interface NewRun {
  fitId: number;
  decisions: number;
  changedLabels: number;
  testImageIds: Int32Array;
  /** The label and the prediction of each test image. */
  testClassIds: Int32Array;
  predictedClassIds: Int32Array;
}

export interface StoredRun extends NewRun {
  id: number;
  createdAt: number;
  lambda: number;
  featureScale: FeatureScale;
  labelsRevision: number;
  certificate: Certificate;
  provider: string | null;
  seconds: number;
}

export function createRunTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO run (fit_id, decisions, changed_labels, test_image_ids, test_class_ids, predicted_class_ids, created_at)
    VALUES (@fitId, @decisions, @changedLabels, @testImageIds, @testClassIds, @predictedClassIds, @createdAt)`);
  const ofModel = db.prepare(`
    SELECT run.id, run.fit_id AS fitId, run.decisions, run.changed_labels AS changedLabels,
      run.test_image_ids AS testImageIds, run.test_class_ids AS testClassIds, run.predicted_class_ids AS predictedClassIds,
      run.created_at AS createdAt, fit.lambda, fit.feature_scale AS featureScale, fit.labels_revision AS labelsRevision,
      fit.certificate, fit.seconds, model.provider
    FROM run JOIN fit ON fit.id = run.fit_id JOIN model ON model.id = fit.model_id
    WHERE fit.model_id = ? ORDER BY run.id`);
  return {
    add: (run: NewRun) =>
      Number(
        insert.run({
          ...run,
          testImageIds: toBlob(run.testImageIds),
          testClassIds: toBlob(run.testClassIds),
          predictedClassIds: toBlob(run.predictedClassIds),
          createdAt: Date.now(),
        }).lastInsertRowid,
      ),
    ofModel: (modelId: number): StoredRun[] =>
      (
        ofModel.all(modelId) as (Omit<
          StoredRun,
          'testImageIds' | 'testClassIds' | 'predictedClassIds' | 'certificate'
        > &
          Record<'testImageIds' | 'testClassIds' | 'predictedClassIds', Buffer> & { certificate: string })[]
      ).map((row) => ({
        ...row,
        certificate: JSON.parse(row.certificate) as FitSummary['certificate'],
        testImageIds: toInt32(row.testImageIds),
        testClassIds: toInt32(row.testClassIds),
        predictedClassIds: toInt32(row.predictedClassIds),
      })),
  };
}
