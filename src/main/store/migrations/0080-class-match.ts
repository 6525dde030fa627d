import type { Database } from 'better-sqlite3';

/** What a person said of the model's own classes: their names, and which of the data set's each is. */
export function classMatch(db: Database): void {
  db.exec('ALTER TABLE model ADD COLUMN class_names TEXT; ALTER TABLE model ADD COLUMN class_places TEXT');
}
