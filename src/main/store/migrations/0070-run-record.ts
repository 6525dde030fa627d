import type { Database } from 'better-sqlite3';

/** What made a run beside its fit, so that it can be made again: where the fit began, and what it ran on (JSON). */
export function runRecord(db: Database): void {
  db.exec(`
    ALTER TABLE fit ADD COLUMN start_fit_id INTEGER REFERENCES fit (id);
    ALTER TABLE run ADD COLUMN provider TEXT;
    ALTER TABLE run ADD COLUMN versions TEXT NOT NULL DEFAULT '{}';
  `);
}
