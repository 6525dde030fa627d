// Confident learning (Northcutt, Jiang and Chuang 2021) as cleanlab 2.9 computes it; the steps are those of METHODS 4.3.
//
// `probabilities` (n x C) are out of sample, `labels` the given ones. cleanlab's scores are qualities, low for a bad label;
// here they are turned round, so that high is suspicious everywhere.

/** Probabilities that differ by less count as equal. */
const rounding = 1e-6;

/**
 * Mean probability of class k over the images labelled k, at least twice the rounding; Infinity for a class without
 * images, which nothing reaches (equation 2 of the paper).
 */
export function findThresholds(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  labels.forEach((label, row) => (sums[label]! += probabilities[row * classes + label]!));
  const labelled = countLabels(labels, classes);
  return sums.map((sum, k) => (labelled[k] ? Math.max(2 * rounding, sum / labelled[k]) : Infinity));
}

/**
 * C x C counts [label][true class] of images that are confidently of a class (equation 1 of the paper). Of an image that
 * reaches several thresholds the likeliest class of all counts, as in cleanlab, whether it reaches its own or not.
 */
export function countConfident(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const thresholds = findThresholds(probabilities, labels, classes);
  const counts = new Float64Array(classes * classes);
  labels.forEach((label, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    let reached = 0;
    let last = -1;
    let likeliest = 0;
    own.forEach((p, k) => {
      if (p > own[likeliest]!) likeliest = k;
      if (p < thresholds[k]! - rounding) return;
      reached += 1;
      last = k;
    });
    if (reached > 0) counts[label * classes + (reached === 1 ? last : likeliest)]! += 1;
  });
  return counts;
}

/** Counts scaled so that each row adds up to the images of that label, the diagonal at least 1 (equation 3 of the paper). */
export function calibrate(counts: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const labelled = countLabels(labels, classes);
  const calibrated = counts.slice();
  for (let label = 0; label < classes; label++) {
    const row = calibrated.subarray(label * classes, (label + 1) * classes);
    row[label] = Math.max(1, row[label]!);
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

/**
 * x = normalised entropy over p_y, as the quality log(1 + x) / x, turned round. Below x = 1e-6 the quality is its limit 1:
 * there cleanlab divides by 1e-6 instead and takes the surest labels for the worst.
 */
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
 * The images (row numbers, ascending) that cleanlab's `find_label_issues` takes for wrongly labelled, with its default
 * filter and its default that leaves at least one image to a class. One whose likeliest class is its label is never among
 * them, nor is one that is alone in its class.
 */
export function findIssues(
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
  filter: IssueFilter = 'prune_by_noise_rate',
): number[] {
  const counts = countToPrune(probabilities, labels, classes);
  const byClass = new Set<number>();
  const byRate = new Set<number>();
  for (let label = 0; label < classes; label++) {
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    if (rows.length < 2) continue;
    // In each class the least likely, as many as the counts put elsewhere.
    const own = (row: number) => probabilities[row * classes + label]!;
    const elsewhere = rows.length - counts[label * classes + label]!;
    for (const row of rows.toSorted((a, b) => own(a) - own(b)).slice(0, elsewhere)) byClass.add(row);
    // In each cell of another class k those of largest p_k - p_label, as many as the cell counts.
    for (let k = 0; k < classes; k++) {
      const wanted = counts[label * classes + k]!;
      if (k === label || wanted === 0) continue;
      const margin = (row: number) => probabilities[row * classes + k]! - own(row);
      for (const row of rows.toSorted((a, b) => margin(b) - margin(a)).slice(0, wanted)) byRate.add(row);
    }
  }
  return [...labels.keys()].filter(
    (row) =>
      (filter === 'prune_by_noise_rate' || byClass.has(row)) &&
      (filter === 'prune_by_class' || byRate.has(row)) &&
      !isLikeliest(probabilities.subarray(row * classes, (row + 1) * classes), labels[row]!),
  );
}

/** Issues before all others, within both by 1 - p_y: the order in which cleanlab lists its issues, and then the rest. */
export function scoreIssues(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const scores = scoreSelfConfidence(probabilities, labels, classes);
  for (const row of findIssues(probabilities, labels, classes)) scores[row]! += 1;
  return scores;
}

/** The calibrated counts in whole images; a class of which none would be left keeps one, its other counts one less each. */
function countToPrune(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const counts = calibrate(countConfident(probabilities, labels, classes), labels, classes);
  for (let label = 0; label < classes; label++) {
    const row = counts.subarray(label * classes, (label + 1) * classes);
    row.set(roundRow(row));
    if (row[label]! >= 1) continue;
    row.forEach((count, k) => (row[k] = Math.max(0, count - 1)));
    row[label] = 1;
  }
  return counts;
}

/** To the nearest whole numbers, halves to even ones; where their sum is off, those furthest off go the other way. */
function roundRow(row: Float64Array): Float64Array {
  const rounded = row.map((value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value)));
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const missing = Math.round(sum(row)) - sum(rounded);
  const step = Math.sign(missing);
  const off = (k: number) => step * (row[k]! - rounded[k]!);
  const order = [...row.keys()].sort((a, b) => off(b) - off(a) || step * (b - a));
  for (const k of order.slice(0, Math.abs(missing))) rounded[k]! += step;
  return rounded;
}

const isLikeliest = (own: Float64Array, label: number): boolean =>
  own.every((p, k) => k === label || p <= own[label]! + rounding);
