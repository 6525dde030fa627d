import type { Database } from 'better-sqlite3';
import type { ErrorsLeft } from '../../shared/ranking.ts';

export interface LearnedQueue {
  fitId: number;
  /** The name under which its ranking is stored. */
  method: string;
  /** The newest decision that it has learned from, and how many verdicts there were. */
  labelsRevision: number;
  verdicts: number;
  estimate: ErrorsLeft | null;
}

export function createLearnedQueueTable(db: Database) {
  const save = db.prepare(`
    INSERT OR REPLACE INTO learned_queue (fit_id, method, labels_revision, verdicts, estimate, created_at)
    VALUES (@fitId, @method, @labelsRevision, @verdicts, @estimate, @createdAt)`);
  const find = db.prepare(`
    SELECT fit_id AS fitId, method, labels_revision AS labelsRevision, verdicts, estimate FROM learned_queue WHERE fit_id = ?`);
  return {
    save: (queue: LearnedQueue) =>
      void save.run({ ...queue, estimate: JSON.stringify(queue.estimate), createdAt: Date.now() }),
    find(fitId: number): LearnedQueue | undefined {
      const row = find.get(fitId) as (Omit<LearnedQueue, 'estimate'> & { estimate: string }) | undefined;
      return row && { ...row, estimate: JSON.parse(row.estimate) as ErrorsLeft | null };
    },
  };
}
