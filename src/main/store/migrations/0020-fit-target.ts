import type { Database } from 'better-sqlite3';

/** A fit of the labels, or one that imitates the given model; the second says how near it came (JSON). */
export function fitTarget(db: Database): void {
  db.exec(`
    ALTER TABLE fit ADD COLUMN target TEXT NOT NULL DEFAULT 'labels' CHECK (target IN ('labels', 'model'));
    ALTER TABLE fit ADD COLUMN fidelity TEXT;
  `);
}
