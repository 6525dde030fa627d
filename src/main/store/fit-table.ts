import type { Database } from 'better-sqlite3';
import type { FeatureScale, Fidelity, FitSummary, FitTarget } from '../../shared/fit.ts';
import { toBlob, toFloat32, toFloat64, toInt32 } from './blobs.ts';

const alphaRowsPerBlock = 4096;

export interface NewFit extends Omit<FitSummary, 'id' | 'rankingFitId' | 'createdAt'> {
  /** Under which its rankings were written before; without one the next is taken. */
  id?: number;
  /** null for its own rankings. */
  rankingFitId?: number | null;
  /** The scalar that features were divided by. */
  scale: number;
  tolerance: number;
  /** The fit whose weights this one began with; null where it began at zero. */
  startFitId: number | null;
  /** (d + 1) x C, row-major. */
  weights: Float64Array;
  gradient: Float64Array;
  /** The training images of the fit, ascending, their class in it, and alpha, n x C row-major. */
  imageIds: Int32Array;
  classIds: Int32Array;
  alpha: Float32Array;
}

export interface StoredFit extends FitSummary {
  scale: number;
  tolerance: number;
  startFitId: number | null;
  weights: Float64Array;
  gradient: Float64Array;
}

type FitRow = Omit<FitSummary, 'certificate' | 'fidelity'> & {
  certificate: string;
  fidelity: string | null;
  scale: number;
  tolerance: number;
  startFitId: number | null;
  weights: Buffer;
  gradient: Buffer;
};

const summaryColumns = `id, model_id AS modelId, target, fidelity, lambda, lambda_chosen AS lambdaChosen, feature_scale AS featureScale,
  objective, iterations, passes, seconds, certificate, train_accuracy AS trainAccuracy, test_accuracy AS testAccuracy,
  labels_revision AS labelsRevision, coalesce(ranking_fit_id, id) AS rankingFitId, created_at AS createdAt`;

export function createFitTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO fit (id, model_id, target, fidelity, lambda, lambda_chosen, feature_scale, scale, tolerance, start_fit_id, objective, iterations,
      passes, seconds, certificate, weights, gradient, train_accuracy, test_accuracy, labels_revision, ranking_fit_id, created_at)
    VALUES (@id, @modelId, @target, @fidelity, @lambda, @lambdaChosen, @featureScale, @scale, @tolerance, @startFitId, @objective, @iterations,
      @passes, @seconds, @certificate, @weights, @gradient, @trainAccuracy, @testAccuracy, @labelsRevision, @rankingFitId, @createdAt)`);
  const insertAlpha = db.prepare(`
    INSERT INTO alpha (fit_id, first_position, count, image_ids, class_ids, block) VALUES (?, ?, ?, ?, ?, ?)`);
  const latest = db.prepare(
    `SELECT ${summaryColumns} FROM fit WHERE model_id = ? AND target = ? ORDER BY id DESC LIMIT 1`,
  );
  const whole = db.prepare(
    `SELECT ${summaryColumns}, scale, tolerance, start_fit_id AS startFitId, weights, gradient FROM fit WHERE id = ?`,
  );
  const alphaBlocks = db.prepare(
    'SELECT image_ids AS imageIds, class_ids AS classIds, block FROM alpha WHERE fit_id = ? ORDER BY first_position',
  );
  const labelBlocks = db.prepare(
    'SELECT image_ids AS imageIds, class_ids AS classIds FROM alpha WHERE fit_id = ? ORDER BY first_position',
  );
  // Recreatable by a refit, and large: only the newest two fits of a model and target keep theirs.
  const dropAlpha = db.prepare(`DELETE FROM alpha WHERE fit_id IN
    (SELECT id FROM fit WHERE model_id = ? AND target = ? ORDER BY id DESC LIMIT -1 OFFSET 2)`);
  const nextId = db.prepare('SELECT coalesce(max(id), 0) + 1 FROM fit').pluck();

  return {
    nextId: () => nextId.get() as number,
    add(fit: NewFit): number {
      const id = Number(
        insert.run({
          id: fit.id ?? null,
          modelId: fit.modelId,
          target: fit.target,
          fidelity: fit.fidelity && JSON.stringify(fit.fidelity),
          lambda: fit.lambda,
          lambdaChosen: fit.lambdaChosen,
          featureScale: fit.featureScale satisfies FeatureScale,
          scale: fit.scale,
          tolerance: fit.tolerance,
          startFitId: fit.startFitId,
          objective: fit.objective,
          iterations: fit.iterations,
          passes: fit.passes,
          seconds: fit.seconds,
          certificate: JSON.stringify(fit.certificate),
          weights: toBlob(fit.weights),
          gradient: toBlob(fit.gradient),
          trainAccuracy: fit.trainAccuracy,
          testAccuracy: fit.testAccuracy,
          labelsRevision: fit.labelsRevision,
          rankingFitId: fit.rankingFitId ?? null,
          createdAt: Date.now(),
        }).lastInsertRowid,
      );
      const rows = fit.imageIds.length;
      const classes = rows === 0 ? 0 : fit.alpha.length / rows;
      for (let first = 0; first < rows; first += alphaRowsPerBlock) {
        const last = Math.min(rows, first + alphaRowsPerBlock);
        insertAlpha.run(
          id,
          first,
          last - first,
          toBlob(fit.imageIds.subarray(first, last)),
          toBlob(fit.classIds.subarray(first, last)),
          toBlob(fit.alpha.subarray(first * classes, last * classes)),
        );
      }
      dropAlpha.run(fit.modelId, fit.target);
      return id;
    },
    latest(modelId: number, target: FitTarget = 'labels'): FitSummary | null {
      const row = latest.get(modelId, target) as FitRow | undefined;
      return row ? toSummary(row) : null;
    },
    find(id: number): StoredFit | undefined {
      const row = whole.get(id) as FitRow | undefined;
      return (
        row && {
          ...toSummary(row),
          scale: row.scale,
          tolerance: row.tolerance,
          startFitId: row.startFitId,
          weights: toFloat64(row.weights),
          gradient: toFloat64(row.gradient),
        }
      );
    },
    /** The images of the fit in order and their class in it; both empty where alpha was dropped. */
    readLabels(id: number): { imageIds: Int32Array; classIds: Int32Array } {
      const blocks = labelBlocks.all(id) as Record<'imageIds' | 'classIds', Buffer>[];
      return {
        imageIds: toInt32(Buffer.concat(blocks.map((block) => block.imageIds))),
        classIds: toInt32(Buffer.concat(blocks.map((block) => block.classIds))),
      };
    },
    /** The images of the fit in order, their class in it, and alpha, n x C; all empty where they were dropped. */
    readAlpha(id: number): { imageIds: Int32Array; classIds: Int32Array; alpha: Float32Array } {
      const blocks = alphaBlocks.all(id) as Record<'imageIds' | 'classIds' | 'block', Buffer>[];
      return {
        imageIds: toInt32(Buffer.concat(blocks.map((block) => block.imageIds))),
        classIds: toInt32(Buffer.concat(blocks.map((block) => block.classIds))),
        alpha: toFloat32(Buffer.concat(blocks.map((block) => block.block))),
      };
    },
  };
}

const toSummary = (row: FitRow): FitSummary => ({
  id: row.id,
  modelId: row.modelId,
  target: row.target,
  fidelity: row.fidelity === null ? null : (JSON.parse(row.fidelity) as Fidelity),
  lambda: row.lambda,
  lambdaChosen: row.lambdaChosen,
  featureScale: row.featureScale,
  objective: row.objective,
  iterations: row.iterations,
  passes: row.passes,
  seconds: row.seconds,
  certificate: JSON.parse(row.certificate) as FitSummary['certificate'],
  trainAccuracy: row.trainAccuracy,
  testAccuracy: row.testAccuracy,
  labelsRevision: row.labelsRevision,
  rankingFitId: row.rankingFitId,
  createdAt: row.createdAt,
});
