// [Note: a query is a value] A queue is named by a query. Core turns it once into the ids in order (4 bytes an image), keeps
// the last few such orders, and answers pages of the same order while a person works, although their decisions change what
// the query would find now. A dropped order is simply made anew. A page costs the same at any depth.
import type { FitSummary } from '../../shared/fit.ts';
import type { QueuePage, QueueQuery, QueueRow } from '../../shared/queue.ts';
import { tell } from '../../shared/told.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import type { StoredQuery } from '../store/queue-sql.ts';
import type { RankedRow } from '../store/ranking-table.ts';
import type { Order } from './orders.ts';
import { requireModel, type Project } from './project.ts';

/** A page of the query's queue: of `order` where core still has it, else of a new order under the newest fit. */
export function readQueuePage(
  project: Project,
  {
    query,
    order: orderId,
    lead = [],
    from,
    count,
  }: {
    query: QueueQuery;
    order?: string | undefined;
    lead?: number[] | undefined;
    from: number;
    count: number;
  },
): QueuePage {
  const known = orderId === undefined ? undefined : project.orders.find(orderId);
  const isKept = known && project.store.rankings.has(known.query.rankingFitId, known.query.method);
  const order = isKept ? known : makeOrder(project, query, lead);
  const imageIds = order.imageIds.subarray(from, from + count);
  return {
    order: order.id,
    total: order.imageIds.length,
    firstOpen: order.firstOpen < 0 ? null : order.firstOpen,
    from,
    rows: project.store.rankings.rowsOf(order.fitId, order.query, imageIds).map(toQueueRow),
  };
}

function makeOrder(project: Project, asked: QueueQuery, lead: readonly number[]): Order {
  const fit = project.store.fits.latest(requireModel(project).id);
  if (!fit) throw tell('not-found', 'no-ranking', {});
  const query = toStoredQuery(project, fit, asked);
  const found = project.store.rankings.order(query);
  const order = { id: crypto.randomUUID(), fitId: fit.id, query, ...putFirst(lead, found) };
  project.orders.keep(order);
  return order;
}

/** The learned ranking is stored under a name that changes, and before the first verdicts it is the default one. */
export function toStoredQuery(
  { store }: Project,
  { id, rankingFitId }: Pick<FitSummary, 'id' | 'rankingFitId'>,
  query: QueueQuery,
): StoredQuery {
  const { method } = query;
  if (method !== 'learned') return { ...query, rankingFitId: method === 'suspicion' ? rankingFitId : id };
  const learned = store.learnedQueues.find(rankingFitId)?.method;
  if (learned !== undefined) return { ...query, rankingFitId, method: learned };
  return store.rankings.has(rankingFitId, 'suspicion')
    ? { ...query, rankingFitId, method: 'suspicion' }
    : { ...query, rankingFitId: id, method: 'importance' };
}

/** What a person has before their eyes stays where it is; the rest of the order follows. */
function putFirst(lead: readonly number[], found: Pick<Order, 'imageIds' | 'firstOpen'>) {
  if (lead.length === 0) return found;
  const isLead = new Set(lead);
  const rest = found.imageIds.filter((imageId) => !isLead.has(imageId));
  return { imageIds: Int32Array.from([...lead, ...rest]), firstOpen: lead.length < rest.length ? lead.length : -1 };
}

export const toQueueRow = (row: RankedRow): QueueRow => ({
  imageId: row.imageId,
  contentKey: contentKeyOf(row.sha256),
  path: row.path,
  rank: row.rank,
  givenClassId: row.givenClassId,
  classId: row.classId,
  suggestedClassId: row.suggestedClassId,
  probability: row.probability,
  secondClassId: row.secondClassId,
  state: row.state,
  score: row.score,
  importance: row.importance,
});
