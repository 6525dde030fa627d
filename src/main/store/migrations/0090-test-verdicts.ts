import type { Database } from 'better-sqlite3';

/** What people say of test labels: apart from the decisions, so that nothing that is fitted or ranked can know of it. */
export function testVerdicts(db: Database): void {
  db.exec(`
    CREATE TABLE test_verdict (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES image (id),
      reviewer_id INTEGER NOT NULL REFERENCES reviewer (id),
      action TEXT NOT NULL CHECK (action IN ('keep', 'relabel', 'exclude', 'open')),
      class_id INTEGER REFERENCES class (id),
      at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX test_verdict_image ON test_verdict (image_id, id);
    CREATE TRIGGER test_verdict_is_never_updated BEFORE UPDATE ON test_verdict
      BEGIN SELECT RAISE(ABORT, 'verdicts are append only'); END;
    CREATE TRIGGER test_verdict_is_never_deleted BEFORE DELETE ON test_verdict
      BEGIN SELECT RAISE(ABORT, 'verdicts are append only'); END;
  `);
}
