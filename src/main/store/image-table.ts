import type { Database } from 'better-sqlite3';
import type { Problem, ReviewState, Split } from '../../shared/labels.ts';

export interface NewImage {
  path: string;
  sha256: string;
  split: Split;
  width: number;
  height: number;
  sizeBytes: number;
  /** Its record in the label source, or null for folders. */
  record: number | null;
  problem: string | null;
  classId: number;
}

export interface ImageRow extends Omit<NewImage, 'classId' | 'record'> {
  id: number;
  givenClassId: number;
  classId: number | null;
  state: ReviewState;
}

const columns = `image.id, image.path, image.sha256, image.split, image.width, image.height,
  image.size_bytes AS sizeBytes, image.problem,
  label.given_class_id AS givenClassId, label.class_id AS classId, label.state`;

export function createImageTable(db: Database) {
  const insertImage = db.prepare(`
    INSERT INTO image (path, sha256, split, width, height, size_bytes, record, problem)
    VALUES (@path, @sha256, @split, @width, @height, @sizeBytes, @record, @problem)`);
  const insertLabel = db.prepare('INSERT INTO label (image_id, given_class_id, class_id) VALUES (?, ?, ?)');
  const byId = db.prepare(`SELECT ${columns} FROM image JOIN label ON label.image_id = image.id WHERE image.id = ?`);
  const idOfPath = db.prepare('SELECT id FROM image WHERE path = ?').pluck();
  const range = db.prepare('SELECT id, path, split, problem FROM image WHERE id BETWEEN ? AND ? ORDER BY id');
  const total = db.prepare('SELECT coalesce(max(id), 0) FROM image').pluck();
  const countBySplit = db.prepare('SELECT split, count(*) AS images FROM image GROUP BY split');
  const extractable = db.prepare("SELECT count(*) FROM image WHERE split != 'ignored' AND problem IS NULL").pluck();
  // Counts through the blocks that are there: an image is done when its block is.
  const extracted = db
    .prepare(
      `SELECT count(*) FROM feature JOIN image
        ON image.id BETWEEN feature.first_image_id AND feature.first_image_id + feature.count - 1
        WHERE feature.model_id = ? AND image.split != 'ignored' AND image.problem IS NULL`,
    )
    .pluck();
  const allPaths = db.prepare('SELECT path FROM image ORDER BY id').pluck();
  const firstTrain = db.prepare(`
    SELECT ${columns} FROM image JOIN label ON label.image_id = image.id
    WHERE image.split = 'train' AND image.problem IS NULL ORDER BY image.id LIMIT ?`);
  const withFeatures = db.prepare(`
    SELECT id, path FROM image WHERE split != 'ignored' AND problem IS NULL
      AND id NOT IN (SELECT image_id FROM extraction_problem WHERE model_id = ?) ORDER BY id`);
  const stale = db
    .prepare(
      `SELECT coalesce(max(images), 0) FROM (SELECT sum(count) AS images FROM feature WHERE model_id != ? GROUP BY model_id)`,
    )
    .pluck();
  const addProblem = db.prepare('INSERT INTO import_problem (path, reason) VALUES (?, ?)');
  const clearProblems = db.prepare('DELETE FROM import_problem');
  const problems = db.prepare(`
    SELECT path, reason FROM (
      SELECT path, reason FROM import_problem
      UNION ALL SELECT path, problem FROM image WHERE problem IS NOT NULL
      UNION ALL SELECT image.path, extraction_problem.reason FROM extraction_problem
        JOIN image ON image.id = extraction_problem.image_id
        WHERE model_id = (SELECT model_id FROM project))
    LIMIT ?`);
  const problemCount = db
    .prepare(
      `SELECT (SELECT count(*) FROM import_problem) + (SELECT count(*) FROM image WHERE problem IS NOT NULL)
        + (SELECT count(*) FROM extraction_problem WHERE model_id = (SELECT model_id FROM project))`,
    )
    .pluck();
  return {
    add(image: NewImage): number {
      const id = Number(insertImage.run(image).lastInsertRowid);
      insertLabel.run(id, image.classId, image.classId);
      return id;
    },
    find: (id: number) => byId.get(id) as ImageRow | undefined,
    idOfPath: (path: string) => idOfPath.get(path) as number | undefined,
    /** Images with ids from first to last, both included, in order. */
    range: (first: number, last: number) =>
      range.all(first, last) as { id: number; path: string; split: Split; problem: string | null }[],
    /** Ids run from 1 to this. */
    count: () => total.get() as number,
    countBySplit(): Record<Split, number> {
      const counts: Record<Split, number> = { train: 0, test: 0, ignored: 0 };
      for (const row of countBySplit.all() as { split: Split; images: number }[]) counts[row.split] = row.images;
      return counts;
    },
    /** Images that should have features of a model, and those whose turn is done, failed ones included. */
    extractedCount: (modelId: number) => ({
      extractable: extractable.get() as number,
      extracted: extracted.get(modelId) as number,
    }),
    paths: () => allPaths.iterate() as IterableIterator<string>,
    firstTrain: (count: number) => firstTrain.all(count) as ImageRow[],
    /** Images whose features by a model are true ones, once its extraction is done. */
    withFeatures: (modelId: number) => withFeatures.all(modelId) as { id: number; path: string }[],
    /** The most images that have features by any other model or preprocessing. */
    staleCount: (modelId: number) => stale.get(modelId) as number,
    addProblem: ({ path, reason }: Problem) => void addProblem.run(path, reason),
    clearProblems: () => void clearProblems.run(),
    problems: (limit: number) => problems.all(limit) as Problem[],
    problemCount: () => problemCount.get() as number,
  };
}
