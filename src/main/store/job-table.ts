import type { Database } from 'better-sqlite3';
import type { Job, JobKind } from '../../shared/jobs.ts';

export interface JobRow extends Omit<Job, 'perSecond' | 'secondsLeft'> {
  /** Everything that the job needs to start again after a restart, paths included. */
  params: unknown;
  result: unknown;
  afterJobId: number | null;
}

type Stored = Omit<JobRow, 'params' | 'result'> & { params: string; result: string | null };

const columns = `id, kind, params, state, done, total, stage, note, error, result, after_job_id AS afterJobId,
  created_at AS createdAt, ended_at AS endedAt`;

export function createJobTable(db: Database) {
  const insert = db.prepare(
    "INSERT INTO job (kind, params, state, after_job_id, created_at) VALUES (?, ?, 'queued', ?, ?)",
  );
  const update = db.prepare(`
    UPDATE job SET state = @state, done = @done, total = @total, stage = @stage, note = @note, error = @error,
      result = @result, ended_at = @endedAt WHERE id = @id`);
  const select = db.prepare(`SELECT ${columns} FROM job WHERE id = ?`);
  const newest = db.prepare(`SELECT ${columns} FROM job ORDER BY id DESC LIMIT 50`);
  const result = db
    .prepare("SELECT result FROM job WHERE kind = ? AND state = 'done' ORDER BY id DESC LIMIT 1")
    .pluck();
  // A job that was running when the process ended, and what waited behind it.
  const interrupt = db.prepare("UPDATE job SET state = 'interrupted' WHERE state IN ('running', 'queued')");
  const toRow = (row: Stored): JobRow => ({
    ...row,
    params: JSON.parse(row.params) as unknown,
    result: row.result === null ? null : (JSON.parse(row.result) as unknown),
  });
  return {
    add: (kind: JobKind, params: unknown, afterJobId: number | null) =>
      Number(insert.run(kind, JSON.stringify(params), afterJobId, Date.now()).lastInsertRowid),
    save: ({ id, state, done, total, stage, note, error, result, endedAt }: JobRow) =>
      void update.run({
        id,
        state,
        done,
        total,
        stage,
        note,
        error,
        result: result === null ? null : JSON.stringify(result),
        endedAt,
      }),
    find(id: number): JobRow | undefined {
      const row = select.get(id) as Stored | undefined;
      return row && toRow(row);
    },
    /** What the newest job of a kind that is done came to; null before. */
    newestResult(kind: JobKind): unknown {
      const json = result.get(kind) as string | null | undefined;
      return json ? (JSON.parse(json) as unknown) : null;
    },
    newest: () => (newest.all() as Stored[]).map(toRow),
    interruptUnfinished: () => void interrupt.run(),
  };
}
