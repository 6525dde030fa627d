// [Note: a query is a value] A queue is named by a query. Core turns it once into the ids in order (4 bytes an image), keeps
// the last few such orders, and answers pages of the same order while a person works, although their decisions change what
// the query would find now. A dropped order is simply made anew. A page costs the same at any depth.
import type { QueuePage, QueueQuery, QueueRow } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import type { RankedRow } from '../store/ranking-table.ts';
import type { Order } from './orders.ts';
import { requireModel, type Project } from './project.ts';

/** A page of the query's queue: of `order` where core still has it, else of a new order under the newest fit. */
export function readQueuePage(
  project: Project,
  {
    query,
    order: orderId,
    from,
    count,
  }: { query: QueueQuery; order?: string | undefined; from: number; count: number },
): QueuePage {
  const known = orderId === undefined ? undefined : project.orders.find(orderId);
  const order = known && project.store.rankings.has(known.fitId, query.method) ? known : makeOrder(project, query);
  const imageIds = order.imageIds.subarray(from, from + count);
  return {
    order: order.id,
    total: order.imageIds.length,
    firstOpen: order.firstOpen < 0 ? null : order.firstOpen,
    from,
    rows: project.store.rankings.rowsOf(order.fitId, query, imageIds).map(toQueueRow),
  };
}

function makeOrder(project: Project, query: QueueQuery): Order {
  const fit = project.store.fits.latest(requireModel(project).id);
  if (!fit) throw new AppError('not-found', 'There is no ranking yet. Fit the head first.');
  const order = { id: crypto.randomUUID(), fitId: fit.id, query, ...project.store.rankings.order(fit.id, query) };
  project.orders.keep(order);
  return order;
}

export const toQueueRow = (row: RankedRow): QueueRow => ({
  imageId: row.imageId,
  contentKey: contentKeyOf(row.sha256),
  path: row.path,
  rank: row.rank,
  givenClassId: row.givenClassId,
  classId: row.classId,
  suggestedClassId: row.suggestedClassId,
  state: row.state,
  score: row.score,
  importance: row.importance,
});
