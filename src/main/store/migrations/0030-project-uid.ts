import type { Database } from 'better-sqlite3';

/** A name for the project that no other has, for the metadata of the models that it exports. */
export function projectUid(db: Database): void {
  db.exec(`
    ALTER TABLE project ADD COLUMN uid TEXT NOT NULL DEFAULT '';
    UPDATE project SET uid = lower(hex(randomblob(16)));
  `);
}
