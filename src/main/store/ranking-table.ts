import type { Database } from 'better-sqlite3';
import type { ReviewState } from '../../shared/domain.ts';
import { isRanked, orderSql, scanSql, toPlaces, type StoredQuery } from './queue-sql.ts';

export interface RankedImage {
  imageId: number;
  score: number;
  importance: number;
  suggestedClassId: number;
  /** Of the suggestion; null in rankings of before it was known. */
  probability?: number | null;
  secondClassId?: number | null;
}

export interface RankedRow extends Required<RankedImage> {
  rank: number;
  path: string;
  sha256: string;
  givenClassId: number;
  classId: number | null;
  state: ReviewState;
}

export const pageSql = `
  SELECT ranking.image_id AS imageId, ranking.rank, ranking.score, ranking.importance,
    ranking.suggested_class_id AS suggestedClassId, ranking.probability,
    ranking.second_class_id AS secondClassId, image.path, image.sha256,
    label.given_class_id AS givenClassId, label.class_id AS classId, label.state
  FROM json_each(@ids) AS wanted
  CROSS JOIN ranking INDEXED BY ranking_image ON ranking.image_id = wanted.value AND ranking.fit_id = @fitId AND ranking.method = @method
  CROSS JOIN image ON image.id = wanted.value
  CROSS JOIN label ON label.image_id = wanted.value
  ORDER BY wanted.key`;

/** Images without a rank: they count as suggested what they are. */
const plainSql = `
  SELECT image.id AS imageId, 0 AS rank, 0.0 AS score, 0.0 AS importance,
    label.given_class_id AS suggestedClassId, NULL AS probability, NULL AS secondClassId, image.path, image.sha256,
    label.given_class_id AS givenClassId, label.class_id AS classId, label.state
  FROM json_each(@ids) AS wanted CROSS JOIN image ON image.id = wanted.value CROSS JOIN label ON label.image_id = wanted.value
  ORDER BY wanted.key`;

/** What the counts of a query look at in one image. */
export type ScannedLabels = [given: number, now: number | null, suggested: number, state: ReviewState, score: number];

export function createRankingTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO ranking (fit_id, method, rank, image_id, score, importance, suggested_class_id, probability, second_class_id)
    VALUES (@fitId, @method, @rank, @imageId, @score, @importance, @suggestedClassId, @probability, @secondClassId)`);
  const remove = db.prepare('DELETE FROM ranking WHERE fit_id = ? AND method = ? AND rank BETWEEN ? AND ?');
  const page = db.prepare(pageSql);
  const plainPage = db.prepare(plainSql);
  // Ranks run from 1 without gaps, so the last one is the count, and that is one step in the key.
  const count = db.prepare('SELECT coalesce(max(rank), 0) FROM ranking WHERE fit_id = ? AND method = ?').pluck();
  const top = db.prepare(`
    SELECT ranking.image_id AS imageId, ranking.rank, ranking.score, ranking.importance,
      ranking.suggested_class_id AS suggestedClassId, ranking.probability,
    ranking.second_class_id AS secondClassId, image.path, image.sha256,
      label.given_class_id AS givenClassId, label.class_id AS classId, label.state
    FROM ranking CROSS JOIN image ON image.id = ranking.image_id CROSS JOIN label ON label.image_id = ranking.image_id
    WHERE fit_id = ? AND method = ? ORDER BY rank LIMIT ?`);
  const importances = db.prepare(
    "SELECT image_id, importance FROM ranking WHERE fit_id = ? AND method = 'importance' ORDER BY rank",
  );
  const whole = db.prepare(`
    SELECT image_id AS imageId, score, importance, suggested_class_id AS suggestedClassId, probability,
      second_class_id AS secondClassId
    FROM ranking WHERE fit_id = ? AND method = ? ORDER BY rank`);
  return {
    /** All of a ranking in its order; empty where there is none. */
    whole: (fitId: number, method: string) => whole.all(fitId, method) as Required<RankedImage>[],
    /** Importance of the images of a fit. */
    importances: (fitId: number) => new Map(importances.raw().all(fitId) as [imageId: number, importance: number][]),
    /** In the order given, the first with rank `firstRank`. */
    add(fitId: number, method: string, images: readonly RankedImage[], firstRank = 1): void {
      images.forEach((image, index) =>
        insert.run({ probability: null, secondClassId: null, ...image, fitId, method, rank: firstRank + index }),
      );
    },
    remove: (fitId: number, method: string, firstRank: number, lastRank: number) =>
      void remove.run(fitId, method, firstRank, lastRank),
    has: (fitId: number, method: string) => (count.get(fitId, method) as number) > 0,
    count: (fitId: number, method: string) => count.get(fitId, method) as number,
    /** Image ids of a query in order of rank, and the place of the first open one (-1 if none). */
    order(fitId: number, query: StoredQuery): { imageIds: Int32Array; firstOpen: number } {
      const rows = db.prepare(orderSql(query)).raw().all(toPlaces(fitId, query)) as [imageId: number, isOpen: number][];
      return {
        imageIds: Int32Array.from(rows, ([imageId]) => imageId),
        firstOpen: rows.findIndex(([, isOpen]) => isOpen === 1),
      };
    },
    /** Labels of the images of these ranks, both included, that the query finds whatever their classes and states. */
    scan: (fitId: number, query: StoredQuery, firstRank: number, lastRank: number) =>
      db
        .prepare(scanSql(query))
        .raw()
        .all({ ...toPlaces(fitId, query), firstRank, lastRank }) as ScannedLabels[],
    /** Rows of images that a query found, in the order given. */
    rowsOf: (fitId: number, query: StoredQuery, imageIds: Int32Array) =>
      (isRanked(query)
        ? page.all({ fitId, method: query.method, ids: JSON.stringify([...imageIds]) })
        : plainPage.all({ ids: JSON.stringify([...imageIds]) })) as RankedRow[],
    /** Rows of these images, in the order given; images that the ranking lacks are left out. */
    rows: (fitId: number, method: string, imageIds: Int32Array) =>
      page.all({ fitId, method, ids: JSON.stringify([...imageIds]) }) as RankedRow[],
    top: (fitId: number, method: string, limit: number) => top.all(fitId, method, limit) as RankedRow[],
  };
}
