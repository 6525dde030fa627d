// The statistics of a comparison of two runs.
import jstat from 'jstat';
import { createRandom } from '../../shared/random.ts';

/**
 * Two-sided exact p-value of McNemar's test: how surprising a split of `turnedRight` to `turnedWrong` is if each turned
 * image were as likely to turn either way.
 */
export function mcNemarExact(turnedRight: number, turnedWrong: number): number {
  const turned = turnedRight + turnedWrong;
  const fewer = Math.min(turnedRight, turnedWrong);
  // The library's own binomial distribution is rounded to ten decimals; as an incomplete beta it keeps its digits.
  return turned === 0 ? 1 : Math.min(1, 2 * jstat.jStat.ibeta(0.5, turned - fewer, fewer + 1));
}

const resamples = 1000;
const seed = 1;

/**
 * 95 % percentile interval of a statistic by the bootstrap (Efron 1979): `measure` is given the places (0 to n - 1, with
 * repeats) of each resample, in one array that it must not keep. Reproducible: the seed is fixed.
 */
export function bootstrapInterval(n: number, measure: (places: Int32Array) => number): [number, number] {
  const random = createRandom(seed);
  const places = new Int32Array(n);
  return percentileInterval(() => {
    for (let i = 0; i < n; i++) places[i] = random() * n;
    return measure(places);
  });
}

/**
 * The same for the difference of two accuracies on the same n images, of which few turned: a resample draws each of its n
 * images, and only the gaps between those that turned are random, with the geometric law of waiting times.
 */
export function bootstrapDifference(n: number, turnedRight: number, turnedWrong: number): [number, number] {
  const turned = turnedRight + turnedWrong;
  if (turned === 0) return [0, 0];
  const random = createRandom(seed);
  const perGap = 1 / Math.log1p(-turned / n);
  return percentileInterval(() => {
    let sum = 0;
    for (let image = gap(); image < n; image += 1 + gap()) sum += random() * turned < turnedRight ? 1 : -1;
    return sum / n;
  });

  function gap(): number {
    return turned === n ? 0 : Math.floor(Math.log1p(-random()) * perGap);
  }
}

function percentileInterval(resample: () => number): [number, number] {
  const values = Float64Array.from({ length: resamples }, resample).filter(Number.isFinite).sort();
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}
