import type { Database } from 'better-sqlite3';
import type { Provider } from '../../shared/model.ts';
import { toBlob, toFloat32 } from './blobs.ts';

/**
 * [Note: feature blocks]
 * Features lie in the project file, 256 images a row of the table. Of 50 000 x 512 (`npm run bench -- explain --case loading`,
 * 2 cores, side by side): blocks are read in 0.18 s from a file of 103 MB; a row for each image takes a page or more each,
 * 205 MB, and 0.63 s; a flat file takes 0.08 s. That tenth of a second is not worth a second file, which could be lost or
 * left behind when the project is moved: sending the features on to the compute process takes longer than reading them.
 *
 * Images a block. Block k covers image ids from 256 k + 1, whatever was extracted when, so that the bytes do not depend
 * on how an extraction was interrupted. A kill loses at most the blocks in hand.
 */
export const blockSize = 256;

export interface FeatureBlock {
  firstImageId: number;
  /** count x d, row-major; zeros for images without features. */
  features: Float32Array;
  logits: Float32Array;
  /** What the model ran on. */
  provider: Provider;
  failed: { imageId: number; reason: string }[];
}

export function createFeatureTable(db: Database) {
  const insert = db.prepare(
    'INSERT OR REPLACE INTO feature (model_id, first_image_id, count, block, logits, provider) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertProblem = db.prepare(
    'INSERT OR REPLACE INTO extraction_problem (model_id, image_id, reason) VALUES (?, ?, ?)',
  );
  const clearProblems = db.prepare('DELETE FROM extraction_problem WHERE model_id = ? AND image_id BETWEEN ? AND ?');
  const present = db.prepare('SELECT first_image_id AS firstImageId, count FROM feature WHERE model_id = ?');
  const providers = db
    .prepare('SELECT DISTINCT provider FROM feature WHERE model_id = ? AND provider IS NOT NULL ORDER BY provider')
    .pluck();
  const select = db.prepare('SELECT block FROM feature WHERE model_id = ? AND first_image_id = ?').pluck();
  const selectLogits = db.prepare('SELECT logits FROM feature WHERE model_id = ? AND first_image_id = ?').pluck();
  const problems = db.prepare(`
    SELECT image.id, image.path, extraction_problem.reason FROM extraction_problem
    JOIN image ON image.id = extraction_problem.image_id WHERE model_id = ? ORDER BY image.id`);
  const problemOf = db.prepare('SELECT reason FROM extraction_problem WHERE model_id = ? AND image_id = ?').pluck();
  return {
    /** To be called in a transaction, so that the block is there as a whole or not at all. */
    save(modelId: number, count: number, block: FeatureBlock): void {
      const { firstImageId, features, logits, provider } = block;
      insert.run(modelId, firstImageId, count, toBlob(features), toBlob(logits), provider);
      clearProblems.run(modelId, block.firstImageId, block.firstImageId + count - 1);
      for (const { imageId, reason } of block.failed) insertProblem.run(modelId, imageId, reason);
    },
    /** First image ids of the blocks that are there and as long as they should be now. */
    presentBlocks(modelId: number, imageCount: number): Set<number> {
      const rows = present.all(modelId) as { firstImageId: number; count: number }[];
      const isWhole = ({ firstImageId, count }: (typeof rows)[number]) =>
        count === Math.min(blockSize, imageCount - firstImageId + 1);
      return new Set(rows.filter(isWhole).map(({ firstImageId }) => firstImageId));
    },
    /** All that blocks of a model were made on, as far as it is known, in alphabetical order. */
    providers: (modelId: number) => providers.all(modelId) as Provider[],
    /** count x d, or undefined where the block is missing. */
    read(modelId: number, firstImageId: number): Float32Array | undefined {
      const blob = select.get(modelId, firstImageId) as Buffer | undefined;
      return blob && toFloat32(blob);
    },
    /** count x C of the model's own head, or undefined where the block is missing. */
    readLogits(modelId: number, firstImageId: number): Float32Array | undefined {
      const blob = selectLogits.get(modelId, firstImageId) as Buffer | undefined;
      return blob && toFloat32(blob);
    },
    problemOf: (modelId: number, imageId: number) => problemOf.get(modelId, imageId) as string | undefined,
    problems: (modelId: number) => problems.all(modelId) as { id: number; path: string; reason: string }[],
  };
}
