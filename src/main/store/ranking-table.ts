import type { Database } from 'better-sqlite3';
import type { QueueQuery, ReviewState } from '../../shared/domain.ts';

export interface RankedImage {
  imageId: number;
  score: number;
  importance: number;
  suggestedClassId: number;
}

export interface RankedRow extends RankedImage {
  rank: number;
  path: string;
  sha256: string;
  givenClassId: number;
  classId: number | null;
  state: ReviewState;
}

// CROSS JOIN fixes the order of the joins: the ranking is walked in key order, the rest is looked up by id.
export const orderSql = (query: Pick<QueueQuery, 'states' | 'givenClassId'>): string => `
  SELECT ranking.image_id AS imageId, label.state = 'open' AS isOpen
  FROM ranking CROSS JOIN label ON label.image_id = ranking.image_id
  WHERE ranking.fit_id = @fitId AND ranking.method = @method
  ${query.states ? 'AND label.state IN (SELECT value FROM json_each(@states))' : ''}
  ${query.givenClassId === undefined ? '' : 'AND label.given_class_id = @givenClassId'}
  ORDER BY ranking.rank`;

export const pageSql = `
  SELECT ranking.image_id AS imageId, ranking.rank, ranking.score, ranking.importance,
    ranking.suggested_class_id AS suggestedClassId, image.path, image.sha256,
    label.given_class_id AS givenClassId, label.class_id AS classId, label.state
  FROM json_each(@ids) AS wanted
  CROSS JOIN ranking INDEXED BY ranking_image ON ranking.image_id = wanted.value AND ranking.fit_id = @fitId AND ranking.method = @method
  CROSS JOIN image ON image.id = wanted.value
  CROSS JOIN label ON label.image_id = wanted.value
  ORDER BY wanted.key`;

export function createRankingTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO ranking (fit_id, method, rank, image_id, score, importance, suggested_class_id)
    VALUES (@fitId, @method, @rank, @imageId, @score, @importance, @suggestedClassId)`);
  const page = db.prepare(pageSql);
  const count = db.prepare('SELECT count(*) FROM ranking WHERE fit_id = ? AND method = ?').pluck();
  const top = db.prepare(`
    SELECT ranking.image_id AS imageId, ranking.rank, ranking.score, ranking.importance,
      ranking.suggested_class_id AS suggestedClassId, image.path, image.sha256,
      label.given_class_id AS givenClassId, label.class_id AS classId, label.state
    FROM ranking CROSS JOIN image ON image.id = ranking.image_id CROSS JOIN label ON label.image_id = ranking.image_id
    WHERE fit_id = ? AND method = ? ORDER BY rank LIMIT ?`);
  return {
    /** In the order given: the first has rank 1. */
    add(fitId: number, method: string, images: readonly RankedImage[]): void {
      images.forEach((image, index) => insert.run({ fitId, method, rank: index + 1, ...image }));
    },
    has: (fitId: number, method: string) => (count.get(fitId, method) as number) > 0,
    count: (fitId: number, method: string) => count.get(fitId, method) as number,
    /** Image ids of a query in order of rank, and the place of the first open one (-1 if none). */
    order(fitId: number, query: QueueQuery): { imageIds: Int32Array; firstOpen: number } {
      const rows = db
        .prepare(orderSql(query))
        .raw()
        .all({
          fitId,
          method: query.method,
          ...(query.states ? { states: JSON.stringify(query.states) } : {}),
          ...(query.givenClassId === undefined ? {} : { givenClassId: query.givenClassId }),
        }) as [imageId: number, isOpen: number][];
      return {
        imageIds: Int32Array.from(rows, ([imageId]) => imageId),
        firstOpen: rows.findIndex(([, isOpen]) => isOpen === 1),
      };
    },
    /** Rows of these images, in the order given; images that the ranking lacks are left out. */
    rows: (fitId: number, method: string, imageIds: Int32Array) =>
      page.all({ fitId, method, ids: JSON.stringify([...imageIds]) }) as RankedRow[],
    top: (fitId: number, method: string, limit: number) => top.all(fitId, method, limit) as RankedRow[],
  };
}
