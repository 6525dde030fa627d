// Confident learning (Northcutt, Jiang and Chuang 2021) as cleanlab computes it; the steps are those of METHODS 4.3.
//
// `probabilities` (n x C) are out of sample, `labels` the given ones. cleanlab's scores are qualities, low for a bad label;
// here they are turned round, so that high is suspicious everywhere.

/** Mean probability of class k over the images labelled k; Infinity for a class without images, which nothing reaches. */
export function findThresholds(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  labels.forEach((label, row) => {
    sums[label]! += probabilities[row * classes + label]!;
    counts[label]! += 1;
  });
  return sums.map((sum, k) => (counts[k] ? sum / counts[k] : Infinity));
}

/** cleanlab counts a probability as at its threshold within this much. */
const rounding = 1e-6;

/** C x C counts [label][true class] of images that are confidently of a class. */
export function countConfident(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const thresholds = findThresholds(probabilities, labels, classes);
  const counts = new Float64Array(classes * classes);
  labels.forEach((label, row) => {
    let best = -1;
    for (let k = 0; k < classes; k++) {
      const p = probabilities[row * classes + k]!;
      if (p >= thresholds[k]! - rounding && (best < 0 || p > probabilities[row * classes + best]!)) best = k;
    }
    if (best >= 0) counts[label * classes + best]! += 1;
  });
  return counts;
}

/** Counts scaled so that each row adds up to the images of that label, the diagonal at least 1. */
export function calibrate(counts: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const labelled = countLabels(labels, classes);
  const calibrated = counts.slice();
  for (let k = 0; k < classes; k++) calibrated[k * classes + k] = Math.max(1, calibrated[k * classes + k]!);
  for (let label = 0; label < classes; label++) {
    const row = calibrated.subarray(label * classes, (label + 1) * classes);
    const sum = row.reduce((total, count) => total + count, 0);
    row.forEach((count, k) => (row[k] = (count / sum) * labelled[label]!));
  }
  return calibrated;
}

export function countLabels(labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

/** 1 - p_y. */
export const scoreSelfConfidence = (probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array =>
  Float64Array.from(labels, (label, row) => 1 - probabilities[row * classes + label]!);

/** 1 - (p_y - max over other classes of p_k + 1) / 2. */
export function scoreNormalizedMargin(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    let highest = 0;
    for (let k = 0; k < classes; k++) if (k !== label) highest = Math.max(highest, probabilities[row * classes + k]!);
    return 1 - (probabilities[row * classes + label]! - highest + 1) / 2;
  });
}

/** x = normalised entropy over p_y, as the quality log(1 + x) / x, turned round. */
export function scoreWeightedEntropy(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const tiny = 1e-6;
  return Float64Array.from(labels, (label, row) => {
    let entropy = 0;
    for (let k = 0; k < classes; k++) {
      const p = probabilities[row * classes + k]!;
      if (p > 0) entropy -= p * Math.log(p);
    }
    const own = Math.max(probabilities[row * classes + label]!, tiny);
    const x = Math.max(entropy / Math.log(classes) / own, tiny);
    return 1 - Math.log1p(x) / x;
  });
}

export const issueFilters = ['prune_by_class', 'prune_by_noise_rate', 'both'] as const;
export type IssueFilter = (typeof issueFilters)[number];

/**
 * The images (row numbers, ascending) that the filter takes for wrongly labelled; cleanlab's default is
 * `prune_by_noise_rate`. An image whose likeliest class is its label is never among them.
 */
export function findIssues(
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
  filter: IssueFilter = 'prune_by_noise_rate',
): number[] {
  const calibrated = roundCounts(
    calibrate(countConfident(probabilities, labels, classes), labels, classes),
    countLabels(labels, classes),
    classes,
  );
  const byClass = filter === 'prune_by_noise_rate' ? null : pruneByClass(probabilities, labels, classes, calibrated);
  const byRate = filter === 'prune_by_class' ? null : pruneByNoiseRate(probabilities, labels, classes, calibrated);
  return [...labels.keys()].filter(
    (row) =>
      (byClass?.has(row) ?? true) &&
      (byRate?.has(row) ?? true) &&
      likeliest(probabilities, row, classes) !== labels[row],
  );
}

/** Whole counts whose rows still add up: the largest fractions are rounded up, as many as it takes. */
function roundCounts(counts: Float64Array, sums: Float64Array, classes: number): Float64Array {
  const rounded = counts.map(Math.floor);
  for (let label = 0; label < classes; label++) {
    const cells = Array.from({ length: classes }, (_, k) => label * classes + k);
    let missing = Math.round(sums[label]! - cells.reduce((total, cell) => total + rounded[cell]!, 0));
    cells.sort((a, b) => counts[b]! - rounded[b]! - (counts[a]! - rounded[a]!));
    for (const cell of cells) if (missing-- > 0) rounded[cell]! += 1;
  }
  return rounded;
}

/** A class with fewer images is left alone, and no class loses more than all but so many. */
const fewest = 5;

/** In each class the images of lowest p_y, as many as its calibrated counts put elsewhere. */
function pruneByClass(probabilities: Float64Array, labels: Int32Array, classes: number, counts: Float64Array) {
  const pruned = new Set<number>();
  for (let k = 0; k < classes; k++) {
    const rows = [...labels.keys()].filter((row) => labels[row] === k);
    if (rows.length <= fewest) continue;
    const own = (row: number) => probabilities[row * classes + k]!;
    const wanted = Math.min(rows.length - fewest, rows.length - counts[k * classes + k]!);
    for (const row of rows.sort((a, b) => own(a) - own(b)).slice(0, Math.max(0, wanted))) pruned.add(row);
  }
  return pruned;
}

/** In each cell label k, true class j: the images labelled k of largest p_j - p_k, as many as the cell's count. */
function pruneByNoiseRate(probabilities: Float64Array, labels: Int32Array, classes: number, counts: Float64Array) {
  const pruned = new Set<number>();
  for (let k = 0; k < classes; k++) {
    const rows = [...labels.keys()].filter((row) => labels[row] === k);
    if (rows.length <= fewest) continue;
    for (let j = 0; j < classes; j++) {
      if (j === k) continue;
      const margin = (row: number) => probabilities[row * classes + j]! - probabilities[row * classes + k]!;
      for (const row of rows.sort((a, b) => margin(b) - margin(a)).slice(0, counts[k * classes + j])) pruned.add(row);
    }
  }
  return pruned;
}

function likeliest(probabilities: Float64Array, row: number, classes: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++)
    if (probabilities[row * classes + k]! > probabilities[row * classes + best]!) best = k;
  return best;
}
