import type { Database } from 'better-sqlite3';

/**
 * A refit may keep the order of the fit before. Importance, the score of one ranking, is no longer repeated in the others.
 * Rankings no longer refer to other tables, since to check that is half the time that it takes to write one; and each has a
 * stretch of the index for itself, so that to write one in parts does not touch the pages of all others each time.
 */
export function keptRankings(db: Database): void {
  db.exec(`
    ALTER TABLE fit ADD COLUMN ranking_fit_id INTEGER REFERENCES fit (id);

    CREATE TABLE lean_ranking (
      fit_id INTEGER NOT NULL,
      method TEXT NOT NULL,
      rank INTEGER NOT NULL,
      image_id INTEGER NOT NULL,
      score REAL NOT NULL,
      suggested_class_id INTEGER NOT NULL,
      probability REAL,
      second_class_id INTEGER,
      PRIMARY KEY (fit_id, method, rank)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO lean_ranking
      SELECT fit_id, method, rank, image_id, score, suggested_class_id, probability, second_class_id
      FROM ranking ORDER BY fit_id, method, rank;
    DROP TABLE ranking;
    ALTER TABLE lean_ranking RENAME TO ranking;
    CREATE INDEX ranking_image ON ranking (fit_id, method, image_id);
  `);
}
