// The statistics of a comparison of two runs.
import jstat from 'jstat';
import { createRandom } from '../../shared/random.ts';

/**
 * Two-sided exact p-value of McNemar's test: how surprising a split of `turnedRight` to `turnedWrong` is if each turned
 * image were as likely to turn either way.
 */
export function mcNemarExact(turnedRight: number, turnedWrong: number): number {
  const turned = turnedRight + turnedWrong;
  return turned === 0 ? 1 : Math.min(1, 2 * jstat.jStat.binomial.cdf(Math.min(turnedRight, turnedWrong), turned, 0.5));
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
  const values = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < n; i++) places[i] = random() * n;
    return measure(places);
  })
    .filter(Number.isFinite)
    .sort();
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}
