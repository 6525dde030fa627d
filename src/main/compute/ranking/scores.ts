// Scores of one image from what a head says of it: one number each, the higher the more suspicious.
//
// `logits` and `probabilities` are n x C, row-major; `labels` are class indices. A score is kept as precise as its order
// needs: where a probability is almost 1, its complement is summed from the other classes (METHODS 10.13).

/** Softmax of each row, as a new array. */
export function toProbabilities(logits: Float64Array, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    let highest = -Infinity;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[at + c]!);
    let total = 0;
    for (let c = 0; c < classes; c++) total += probabilities[at + c] = Math.exp(logits[at + c]! - highest);
    for (let c = 0; c < classes; c++) probabilities[at + c]! /= total;
  }
  return probabilities;
}

/** The largest entry of each row beside that of its label. */
const highestOther = (values: Float64Array, at: number, classes: number, label: number): number => {
  let highest = -Infinity;
  for (let c = 0; c < classes; c++) if (c !== label) highest = Math.max(highest, values[at + c]!);
  return highest;
};

const scoreRows = (labels: Int32Array, classes: number, score: (at: number, label: number) => number): Float64Array =>
  Float64Array.from(labels, (label, row) => score(row * classes, label));

/** -log p_y, the training loss; the order of abs(alpha_y) = (1 - p_y) / (2 lambda n) as well (METHODS 1.5). */
export const scoreLoss = (logits: Float64Array, labels: Int32Array, classes: number): Float64Array =>
  scoreRows(labels, classes, (at, label) => {
    const own = logits[at + label]!;
    let others = 0;
    let highest = own;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[at + c]!);
    for (let c = 0; c < classes; c++) if (c !== label) others += Math.exp(logits[at + c]! - highest);
    return own === highest ? Math.log1p(others) : Math.log(others + Math.exp(own - highest)) + highest - own;
  });

/** ||p - e_y||, the norm of alpha up to a factor: EL2N (METHODS 1.5). */
export function scoreAlphaNorm(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  return scoreRows(labels, classes, (at, label) => {
    let others = 0;
    let squares = 0;
    for (let c = 0; c < classes; c++) {
      if (c === label) continue;
      others += probabilities[at + c]!;
      squares += probabilities[at + c]! ** 2;
    }
    return Math.sqrt(squares + others ** 2);
  });
}

/** max over other classes of z_k, less z_y (METHODS 4.1). */
export const scoreMargin = (logits: Float64Array, labels: Int32Array, classes: number): Float64Array =>
  scoreRows(labels, classes, (at, label) => highestOther(logits, at, classes, label) - logits[at + label]!);

/** Shares of the ranks: 0 for the smallest, up to 1; ties share the mean of their places. */
export function toRanks(scores: Float64Array): Float64Array {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const ranks = new Float64Array(scores.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    const mean = (from + to - 1) / 2 / Math.max(1, order.length - 1);
    for (let place = from; place < to; place++) ranks[order[place]!] = mean;
    from = to;
  }
  return ranks;
}

/** The mean of the ranks under several scores (METHODS 5.2 F). */
export function meanRank(...scores: Float64Array[]): Float64Array {
  const mean = new Float64Array(scores[0]!.length);
  for (const each of scores) toRanks(each).forEach((rank, row) => (mean[row]! += rank / scores.length));
  return mean;
}
