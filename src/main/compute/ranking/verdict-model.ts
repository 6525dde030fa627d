// [Note: what verdicts teach] What the verdicts so far teach: a small logistic model of "this label is wrong" over a few scores, the given and the
// suggested class. Its prior is the posterior of the default ranking, so without verdicts it says what that says.
//
//   log odds_i = prior_i + intercept + sum_j w_j score_ij + u[given_i] + v[suggested_i],   all weights ~ N(0, 1 / precision)
//
// The weights are at the mode, their uncertainty is the inverse Hessian there (Laplace's approximation).

export interface VerdictData {
  /** n: log odds that the label is wrong, before any verdict. */
  prior: Float64Array;
  /** Scores of n rows each, of mean 0 and variance 1. */
  scores: Float64Array[];
  /** Class index of each row. */
  given: Int32Array;
  suggested: Int32Array;
  classes: number;
  /** Rows with a verdict, and whether the label was wrong. */
  judged: Int32Array;
  isWrong: Uint8Array;
}

export interface VerdictModel {
  /** n log odds. */
  logOdds: Float64Array;
  /** How many of these rows are wrong: the mean, and the variance that comes of not knowing the weights and of chance. */
  count(rows: Int32Array): { mean: number; ofWeights: number; ofChance: number };
}

/**
 * The head of a queue is nearly all wrong, as its prior says or more so. A free intercept and stiff slopes would take that for
 * wrong labels everywhere; so the slopes have room to say that the prior is too cautious instead.
 */
const precisions = { intercept: 1, score: 2, class: 10 };
/** Log odds beyond this say no more: nothing is as sure as that. */
const surest = 20;
const maxSteps = 30;
/** Of more classes only so many get a term of their own, those with the most verdicts. */
const maxClassTerms = 200;

/** Fits the model; with no verdicts it is its prior. */
export function fitVerdicts(data: VerdictData): VerdictModel {
  const { prior, scores, given, suggested, judged, isWrong } = data;
  const givenTerm = nameTerms(data, given);
  const suggestedTerm = nameTerms(data, suggested);
  const firstGiven = 1 + scores.length;
  const firstSuggested = firstGiven + givenTerm.size;
  const size = firstSuggested + suggestedTerm.size;
  const precision = Float64Array.from({ length: size }, (_, j) =>
    j === 0 ? precisions.intercept : j < firstGiven ? precisions.score : precisions.class,
  );
  /** The entries of a row that are not zero. */
  const readRow = (row: number): [place: number, value: number][] => {
    const entries: [number, number][] = [[0, 1]];
    scores.forEach((score, j) => entries.push([1 + j, score[row]!]));
    const u = givenTerm.get(given[row]!);
    const v = suggestedTerm.get(suggested[row]!);
    if (u !== undefined) entries.push([firstGiven + u, 1]);
    if (v !== undefined) entries.push([firstSuggested + v, 1]);
    return entries;
  };
  const offset = (row: number) => Math.max(-surest, Math.min(surest, prior[row]!));
  const weigh = (row: number, weights: Float64Array) =>
    readRow(row).reduce((sum, [place, value]) => sum + value * weights[place]!, offset(row));

  const seen = Array.from(judged, (row) => ({ entries: readRow(row), offset: offset(row) }));
  const weights = new Float64Array(size);
  let factor: Float64Array = new Float64Array();
  for (let step = 0; step < maxSteps; step++) {
    const gradient = weights.map((weight, j) => precision[j]! * weight);
    const hessian = new Float64Array(size * size);
    precision.forEach((value, j) => (hessian[j * size + j] = value));
    seen.forEach(({ entries, offset: at }, index) => {
      const p = 1 / (1 + Math.exp(-entries.reduce((sum, [place, value]) => sum + value * weights[place]!, at)));
      for (const [j, a] of entries) {
        gradient[j]! += (p - isWrong[index]!) * a;
        for (const [k, b] of entries) hessian[j * size + k]! += p * (1 - p) * a * b;
      }
    });
    factor = factorize(hessian, size);
    const move = solve(factor, gradient, size);
    // The penalised log-likelihood is smooth and its curvature bounded: a Newton step of bounded length is safe.
    const length = Math.sqrt(move.reduce((sum, value) => sum + value * value, 0));
    const damping = Math.min(1, 2 / Math.max(length, 1e-12));
    move.forEach((value, j) => (weights[j]! -= damping * value));
    if (length < 1e-6) break;
  }
  return {
    logOdds: Float64Array.from(prior, (_, row) => weigh(row, weights)),
    count(rows) {
      const slope = new Float64Array(size);
      let mean = 0;
      let ofChance = 0;
      for (const row of rows) {
        const p = 1 / (1 + Math.exp(-weigh(row, weights)));
        mean += p;
        ofChance += p * (1 - p);
        for (const [place, value] of readRow(row)) slope[place]! += p * (1 - p) * value;
      }
      const solved = solve(factor, slope, size);
      return { mean, ofChance, ofWeights: slope.reduce((sum, value, j) => sum + value * solved[j]!, 0) };
    },
  };
}

/** The classes that get a term, and which: those that verdicts were passed on. */
function nameTerms({ judged }: VerdictData, of: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of judged) counts.set(of[row]!, (counts.get(of[row]!) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, maxClassTerms);
  return new Map(kept.map(([name], term) => [name, term]));
}

/** Lower factor L of a positive definite matrix, L L^T. */
function factorize(matrix: Float64Array, size: number): Float64Array {
  const L = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= L[i * size + k]! * L[j * size + k]!;
      L[i * size + j] = i === j ? Math.sqrt(sum) : sum / L[j * size + j]!;
    }
  return L;
}

/** (L L^T)^-1 b. */
function solve(L: Float64Array, b: Float64Array, size: number): Float64Array {
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= L[i * size + k]! * x[k]!;
    x[i]! /= L[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= L[k * size + i]! * x[k]!;
    x[i]! /= L[i * size + i]!;
  }
  return x;
}
