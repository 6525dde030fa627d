import type { Database } from 'better-sqlite3';

/** The largest image id when a run was made, so that images of a later import are not taken for its own; null in older ones. */
export function runImages(db: Database): void {
  db.exec('ALTER TABLE run ADD COLUMN last_image_id INTEGER');
}
