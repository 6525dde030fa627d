import type { Database } from 'better-sqlite3';

/** Suggestions with their probability and the second-best, and the queue that learns from verdicts. */
export function learnedQueue(db: Database): void {
  db.exec(`
    ALTER TABLE ranking ADD COLUMN probability REAL;
    ALTER TABLE ranking ADD COLUMN second_class_id INTEGER REFERENCES class (id);

    -- Which ranking of a fit is its learned one, and what came of the step that made it.
    CREATE TABLE learned_queue (
      fit_id INTEGER PRIMARY KEY REFERENCES fit (id),
      method TEXT NOT NULL,
      labels_revision INTEGER NOT NULL,
      verdicts INTEGER NOT NULL,
      estimate TEXT,
      created_at INTEGER NOT NULL
    ) STRICT;
  `);
}
