import type { Database } from 'better-sqlite3';

/** How many pictures a run of the model took, so that whatever is extracted later is extracted the same way. */
export function batch(db: Database): void {
  db.exec('ALTER TABLE model ADD COLUMN batch INTEGER');
}
