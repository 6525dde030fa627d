// How well an order finds wrong labels. `isWrong` is 1 where a label is wrong.

/** Row numbers, the highest score first, equal ones as they stand. */
export const toOrder = (scores: Float64Array): number[] =>
  [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);

/**
 * Average precision: the mean over the wrong labels of the share of wrong ones down to each. Of equal scores any may come
 * first, so they count with the mean over all their orders.
 */
export function measurePrecision(scores: Float64Array, isWrong: Uint8Array): number {
  const order = toOrder(scores);
  let found = 0;
  let sum = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    let wrong = 0;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) wrong += isWrong[order[to++]!]!;
    const size = to - from;
    /** How many of the others each place before one of them holds, in the mean. */
    const others = size > 1 ? (wrong - 1) / (size - 1) : 0;
    for (let place = 0; place < size; place++)
      sum += ((wrong / size) * (found + 1 + place * others)) / (from + place + 1);
    found += wrong;
  }
  return found === 0 ? 0 : sum / found;
}

/** How often a wrong label is above a right one; ties count half. */
export function measureAuroc(scores: Float64Array, isWrong: Uint8Array): number {
  const order = toOrder(scores);
  let rightBelow = isWrong.length - isWrong.reduce((sum, value) => sum + value, 0);
  const pairs = rightBelow * (isWrong.length - rightBelow);
  let won = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    let wrong = 0;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) wrong += isWrong[order[to++]!]!;
    const right = to - from - wrong;
    won += wrong * (rightBelow - right / 2);
    rightBelow -= right;
    from = to;
  }
  return pairs === 0 ? 0 : won / pairs;
}

/** Share of the wrong labels among the first `share` of an order. */
export function measureFound(order: readonly number[], isWrong: Uint8Array, share: number): number {
  const total = isWrong.reduce((sum, value) => sum + value, 0);
  const found = order.slice(0, Math.round(share * order.length)).filter((row) => isWrong[row]).length;
  return total === 0 ? 0 : found / total;
}
