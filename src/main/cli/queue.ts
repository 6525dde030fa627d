import type { QueueQuery, QueueRow } from '../../shared/queue.ts';
import type { Session } from './session.ts';

const rowsPerPage = 500;

/** The rows of a queue in order, `limit` of them at most. */
export async function readQueue(
  session: Session,
  query: Partial<QueueQuery> = {},
  limit = Infinity,
): Promise<QueueRow[]> {
  const rows: QueueRow[] = [];
  for (let total = Infinity, order: string | undefined; rows.length < Math.min(limit, total);) {
    const page = await session.call('queue.page', { query, order, from: rows.length, count: rowsPerPage });
    ({ total, order } = page);
    rows.push(...page.rows);
  }
  return rows.slice(0, limit);
}
