import type { Database } from 'better-sqlite3';

/** What reviewers write of an image. Append only, as decisions are: the newest one is the note. */
export function notes(db: Database): void {
  db.exec(`
    CREATE TABLE note (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES image (id),
      reviewer_id INTEGER NOT NULL REFERENCES reviewer (id),
      text TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX note_image ON note (image_id, id);
    CREATE TRIGGER note_is_never_updated BEFORE UPDATE ON note BEGIN SELECT RAISE(ABORT, 'notes are append only'); END;
    CREATE TRIGGER note_is_never_deleted BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, 'notes are append only'); END;
  `);
}
