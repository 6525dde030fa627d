import type { Database } from 'better-sqlite3';
import type { TestVerdict } from '../../shared/test-labels.ts';

/** What was said of test labels. Append only; the newest verdict of an image stands, and `open` takes it back. */
export function createTestVerdictTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO test_verdict (image_id, reviewer_id, action, class_id, at)
    VALUES (@imageId, @reviewerId, @action, @classId, @at)`);
  const standing = db.prepare(`
    SELECT image_id AS imageId, action, class_id AS classId FROM test_verdict
    WHERE id IN (SELECT max(id) FROM test_verdict GROUP BY image_id) AND action != 'open'`);
  return {
    add: (verdict: {
      imageId: number;
      reviewerId: number;
      action: TestVerdict['action'] | 'open';
      classId: number | null;
    }) => void insert.run({ ...verdict, at: Date.now() }),
    standing: () =>
      new Map(
        (standing.all() as (TestVerdict & { imageId: number })[]).map(({ imageId, ...verdict }) => [imageId, verdict]),
      ),
  };
}
