// The last few orders of a queue, so that pages asked for later are pages of the same order.
import type { StoredQuery } from '../store/queue-sql.ts';

export interface Order {
  id: string;
  fitId: number;
  query: StoredQuery;
  imageIds: Int32Array;
  firstOpen: number;
}

export interface Orders {
  find(id: string): Order | undefined;
  keep(order: Order): void;
  /** Whether an order that is kept was made of this ranking. */
  uses(rankingFitId: number, method: string): boolean;
}

const keptOrders = 8;

export function createOrders(): Orders {
  const orders = new Map<string, Order>();
  return {
    find: (id) => orders.get(id),
    uses: (rankingFitId, method) =>
      [...orders.values()].some(({ query }) => query.rankingFitId === rankingFitId && query.method === method),
    keep(order) {
      orders.set(order.id, order);
      const [oldest] = orders.keys();
      if (orders.size > keptOrders && oldest) orders.delete(oldest);
    },
  };
}
