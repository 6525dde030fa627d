// The small pure parts: pace, rate, statistics, splits, file names.
import { describe, expect, it } from 'vitest';
import { hitRatesOf, pacePerHourOf } from '../../src/main/core/pace.ts';
import { projectFileName } from '../../src/main/core/project-files.ts';
import { createRate } from '../../src/main/core/rate.ts';
import { drawTestSplit } from '../../src/main/core/splits.ts';
import { bootstrapDifference, bootstrapInterval, mcNemarExact } from '../../src/main/core/statistics.ts';
import { wilsonInterval } from '../../src/shared/wilson.ts';

const group = (at: number, changes = 0, images = 1) => ({
  groupId: at,
  action: 'keep' as const,
  images,
  changes,
  spentMs: null,
  at,
});

describe('hit rate', () => {
  it('is the share of label changes among the last 50 images', () => {
    expect(hitRatesOf([])).toEqual([null, null]);
    const old = Array.from({ length: 100 }, (_, i) => group(i, 1));
    const recent = Array.from({ length: 50 }, (_, i) => group(100 + i, i < 10 ? 1 : 0));
    expect(hitRatesOf([...old, ...recent])[0]).toBeCloseTo(0.2, 12);
  });
});

describe('pace', () => {
  it('counts work and not breaks', () => {
    const second = 1000;
    const before = Array.from({ length: 10 }, (_, i) => group(i * 2 * second));
    expect(pacePerHourOf(before.slice(0, 9))).toBeNull();
    const after = Array.from({ length: 10 }, (_, i) => group(3_600 * second + i * 2 * second));
    expect(pacePerHourOf([...before, ...after])).toBeCloseTo(1800, 6);
  });
});

describe('rate', () => {
  it('forgets a slow start, and promises nothing in the first five seconds', () => {
    let now = 0;
    const rate = createRate(() => now);
    rate.add(0, 1000);
    now = 1_000;
    rate.add(10, 1000);
    expect(rate.perSecond()).toBe(10);
    expect(rate.secondsLeft(100)).toBeNull();
    for (now = 10_000; now <= 60_000; now += 10_000) rate.add(10 + now / 100, 1000);
    expect(rate.perSecond()).toBeCloseTo(10, 6);
    expect(rate.secondsLeft(1000)).toBeCloseTo((1000 - 610) / 10, 0);
  });

  it('does not take what a resumed job finds done for its pace', () => {
    let now = 0;
    const rate = createRate(() => now);
    rate.add(0, null);
    now = 5_000;
    rate.add(40_000, 50_000);
    expect(rate.perSecond()).toBeNull();
    now = 7_000;
    rate.add(40_200, 50_000);
    expect(rate.secondsLeft(50_000)).toBeNull();
    now = 10_000;
    rate.add(40_500, 50_000);
    expect(rate.perSecond()).toBe(100);
    expect(rate.secondsLeft(50_000)).toBe(95);
  });
});

describe('Wilson interval', () => {
  it.each([
    // Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is %f to %f', (count, total, low, high) => {
    const [from, to] = wilsonInterval(count, total);
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  });
});

describe("McNemar's exact test", () => {
  it.each([
    [0, 0, 1],
    [5, 5, 1],
    [3, 7, 0.34375],
    [0, 6, 0.03125],
    [10, 0, 0.001953125],
  ])('of %i right and %i wrong is %f', (right, wrong, p) => expect(mcNemarExact(right, wrong)).toBeCloseTo(p, 8));

  it('keeps its digits where it is tiny', () => {
    // The binomial terms themselves, each as a product.
    const termOf = (k: number) =>
      Array.from({ length: k }, (_, i) => (1259 - i) / (i + 1)).reduce((a, b) => a * b, 2 ** -1000);
    const tail = Array.from({ length: 450 }, (_, k) => termOf(k)).reduce((a, b) => a + b) * 2 ** -259;
    expect(mcNemarExact(810, 449) / (2 * tail)).toBeCloseTo(1, 6);
  });
});

describe('a drawn test split', () => {
  const labels = [...Array<string>(50).fill('a'), ...Array<string>(10).fill('b'), 'only'];

  it('has the share of each label, leaves each label a train image, and depends on the seed alone', () => {
    const splits = drawTestSplit(labels, 0.2, 1);
    const testOf = (label: string) => splits.filter((split, i) => split === 'test' && labels[i] === label).length;
    expect([testOf('a'), testOf('b'), testOf('only')]).toEqual([10, 2, 0]);
    expect(drawTestSplit(labels, 0.2, 1)).toEqual(splits);
    expect(drawTestSplit(labels, 0.2, 2)).not.toEqual(splits);
  });
});

describe('a project file name', () => {
  it.each([
    ['birds', 'birds.secondlook'],
    ['birds.secondlook', 'birds.secondlook'],
    ['a/b: c?', 'a-b- c-.secondlook'],
    ['...', 'project.secondlook'],
  ])('of %j is %j', (name, file) => expect(projectFileName(name)).toBe(file));
});

describe('the interval of a difference', () => {
  it.each([
    [1000, 40, 20],
    [500, 0, 30],
    [60, 40, 20],
  ])('of %i images, %i of them turned right and %i wrong, is that of drawing every image', (n, right, wrong) => {
    const turns = Int8Array.from({ length: n }, (_, i) => (i < right ? 1 : i < right + wrong ? -1 : 0));
    const drawn = bootstrapInterval(n, (places) => places.reduce((sum, place) => sum + turns[place]!, 0) / n);
    const error = (3 * Math.sqrt(right + wrong)) / n / 10;
    bootstrapDifference(n, right, wrong).forEach((end, i) => expect(Math.abs(end - drawn[i]!)).toBeLessThan(error));
  });

  it('is nothing where no image turned', () => expect(bootstrapDifference(10, 0, 0)).toEqual([0, 0]));
});
