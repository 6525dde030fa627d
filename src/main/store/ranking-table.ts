import type { Database } from 'better-sqlite3';
import type { ReviewState } from '../../shared/labels.ts';
import { isRanked, orderSql, scanSql, toPlaces, type StoredQuery } from './queue-sql.ts';

type StoredRanking = Pick<StoredQuery, 'rankingFitId' | 'method' | 'split'>;

export interface RankedImage {
  imageId: number;
  score: number;
  suggestedClassId: number;
  /** Of the suggestion; null in rankings of before it was known. */
  probability?: number | null;
  secondClassId?: number | null;
}

export interface RankedRow extends Required<RankedImage> {
  rank: number;
  /** Under the fit that was asked for. */
  importance: number | null;
  path: string;
  sha256: string;
  givenClassId: number;
  classId: number | null;
  state: ReviewState;
}

/** Importance is the score of a ranking of its own. */
export const pageSql = `
  SELECT ranking.image_id AS imageId, ranking.rank, ranking.score, own.score AS importance,
    ranking.suggested_class_id AS suggestedClassId, ranking.probability, ranking.second_class_id AS secondClassId,
    image.path, image.sha256, label.given_class_id AS givenClassId, label.class_id AS classId, label.state
  FROM json_each(@ids) AS wanted
  CROSS JOIN ranking INDEXED BY ranking_image
    ON ranking.image_id = wanted.value AND ranking.fit_id = @rankingFitId AND ranking.method = @method
  CROSS JOIN image ON image.id = wanted.value
  CROSS JOIN label ON label.image_id = wanted.value
  LEFT JOIN ranking AS own INDEXED BY ranking_image
    ON own.image_id = image.id AND own.fit_id = @fitId AND own.method = 'importance'
  ORDER BY wanted.key`;

/** Images without a rank: they count as suggested what they are. */
const plainSql = `
  SELECT image.id AS imageId, 0 AS rank, 0.0 AS score, NULL AS importance,
    label.given_class_id AS suggestedClassId, NULL AS probability, NULL AS secondClassId, image.path, image.sha256,
    label.given_class_id AS givenClassId, label.class_id AS classId, label.state
  FROM json_each(@ids) AS wanted CROSS JOIN image ON image.id = wanted.value CROSS JOIN label ON label.image_id = wanted.value
  ORDER BY wanted.key`;

/** What the counts of a query look at in one image. */
export type ScannedLabels = [given: number, now: number | null, suggested: number, state: ReviewState, score: number];

export function createRankingTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO ranking (fit_id, method, rank, image_id, score, suggested_class_id, probability, second_class_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const remove = db.prepare('DELETE FROM ranking WHERE fit_id = ? AND method = ? AND rank BETWEEN ? AND ?');
  const page = db.prepare(pageSql);
  const plainPage = db.prepare(plainSql);
  // Ranks run from 1 without gaps, so the last one is the count, and that is one step in the key.
  const count = db.prepare('SELECT coalesce(max(rank), 0) FROM ranking WHERE fit_id = ? AND method = ?').pluck();
  const first = db.prepare('SELECT 1 FROM ranking WHERE fit_id = ? AND method = ? AND rank = 1');
  const whole = db.prepare(`
    SELECT image_id AS imageId, score, suggested_class_id AS suggestedClassId, probability,
      second_class_id AS secondClassId
    FROM ranking WHERE fit_id = ? AND method = ? ORDER BY rank`);
  // Recreatable by a refit, and large: the newest two fits of a model and target keep theirs, and the one whose order they
  // follow. The next fit's are what a fit left that did not come to its end.
  const removeStale = db.prepare(`
    WITH newest AS (
      SELECT id, coalesce(ranking_fit_id, id) AS ranking_fit_id FROM
        (SELECT id, ranking_fit_id, row_number() OVER (PARTITION BY model_id, target ORDER BY id DESC) AS age FROM fit)
      WHERE age <= 2
    ), any_fit AS (SELECT id FROM fit UNION SELECT coalesce(max(id), 0) + 1 FROM fit),
    stale AS (
      SELECT id FROM any_fit
      WHERE id NOT IN (SELECT id FROM newest UNION SELECT ranking_fit_id FROM newest)
        AND EXISTS (SELECT 1 FROM ranking WHERE ranking.fit_id = any_fit.id)
      LIMIT 1
    )
    DELETE FROM ranking WHERE (fit_id, method, rank) IN
      (SELECT fit_id, method, rank FROM ranking WHERE fit_id = (SELECT id FROM stale) ORDER BY method, rank LIMIT ?)`);
  // One step in the key from each to the next.
  const methods = db
    .prepare(
      `WITH RECURSIVE each_of(method) AS (
        SELECT min(method) FROM ranking WHERE fit_id = @fitId
        UNION ALL
        SELECT (SELECT min(method) FROM ranking WHERE fit_id = @fitId AND method > each_of.method)
        FROM each_of WHERE each_of.method IS NOT NULL
      ) SELECT method FROM each_of WHERE method IS NOT NULL`,
    )
    .pluck();
  return {
    /** The names of the rankings of a fit. */
    methods: (fitId: number) => methods.all({ fitId }) as string[],
    /** All of a ranking in its order; empty where there is none. */
    whole: (fitId: number, method: string) => whole.all(fitId, method) as Required<RankedImage>[],
    /** In the order given, the first with rank `firstRank`. */
    add(fitId: number, method: string, images: readonly RankedImage[], firstRank = 1): void {
      images.forEach(({ imageId, score, suggestedClassId, probability, secondClassId }, index) =>
        insert.run(
          fitId,
          method,
          firstRank + index,
          imageId,
          score,
          suggestedClassId,
          probability ?? null,
          secondClassId ?? null,
        ),
      );
    },
    remove: (fitId: number, method: string, firstRank: number, lastRank: number) =>
      void remove.run(fitId, method, firstRank, lastRank),
    /** Removes at most `limit` rows of fits that are not to keep theirs; returns how many. */
    removeStale: (limit: number) => removeStale.run(limit).changes,
    /** Whether it is there, whole: rankings are written from their end. */
    has: (fitId: number, method: string) => first.get(fitId, method) !== undefined,
    count: (fitId: number, method: string) => count.get(fitId, method) as number,
    /** Image ids of a query in order of rank, and the place of the first open one (-1 if none). */
    order(query: StoredQuery): { imageIds: Int32Array; firstOpen: number } {
      const rows = db.prepare(orderSql(query)).raw().all(toPlaces(query)) as [imageId: number, isOpen: number][];
      return {
        imageIds: Int32Array.from(rows, ([imageId]) => imageId),
        firstOpen: rows.findIndex(([, isOpen]) => isOpen === 1),
      };
    },
    /** Labels of the images of these ranks, both included, that the query finds whatever their classes and states. */
    scan: (query: StoredQuery, firstRank: number, lastRank: number) =>
      db
        .prepare(scanSql(query))
        .raw()
        .all({ ...toPlaces(query), firstRank, lastRank }) as ScannedLabels[],
    /** Rows of images that a query found, in the order given, with their importance under a fit; those without a rank are left out. */
    rowsOf: (fitId: number, query: StoredRanking, imageIds: Int32Array) =>
      (isRanked(query)
        ? page.all({
            fitId,
            rankingFitId: query.rankingFitId,
            method: query.method,
            ids: JSON.stringify([...imageIds]),
          })
        : plainPage.all({ ids: JSON.stringify([...imageIds]) })) as RankedRow[],
  };
}
