import { describe, expect, it } from 'vitest';
import {
  formatBound,
  formatCount,
  formatDecimal,
  formatPercent,
  formatSmallPercent,
  formatPValue,
  formatSigned,
  formatSmall,
} from '../../src/renderer/numbers.ts';
import {
  formatDuration,
  formatInterval,
  formatPoints,
  formatTimeLeft,
  formatWhen,
} from '../../src/renderer/quantities.ts';

const thin = '\u202f';

describe('numbers', () => {
  it('groups thousands with narrow spaces', () => {
    expect(formatCount(999)).toBe('999');
    expect(formatCount(9812)).toBe(`9${thin}812`);
    expect(formatCount(1_234_567)).toBe(`1${thin}234${thin}567`);
    expect(formatDecimal(-1234.567, 2)).toBe(`−1${thin}234.57`);
  });

  it('writes a true minus, and none before zero', () => {
    expect(formatDecimal(-0.49, 2)).toBe('−0.49');
    expect(formatDecimal(-0.001, 2)).toBe('0.00');
    expect(formatDecimal(Number.NaN, 2)).toBe('–');
  });

  it('writes the sign of what adds and of what takes away', () => {
    expect(formatSigned(0.84, 2)).toBe('+0.84');
    expect(formatSigned(-0.49, 2)).toBe('−0.49');
    expect(formatSigned(0.001, 2)).toBe('0.00');
    expect(formatPoints(0.079)).toBe('+7.9 points');
    expect(formatPoints(-0.004)).toBe('−0.4 points');
  });

  it('writes shares as per cent', () => {
    expect(formatPercent(0.731)).toBe(`73.1${thin}%`);
    expect(formatPercent(0.62, 0)).toBe(`62${thin}%`);
    expect(formatSmallPercent(0.00494)).toBe(`0.49${thin}%`);
    expect(formatSmallPercent(0.0000831)).toBe(`0.0083${thin}%`);
    expect(formatSmallPercent(2e-10)).toBe(`2·10⁻⁸${thin}%`);
    expect(formatInterval([0.643, 0.661])).toBe(`64.3 to 66.1${thin}%`);
  });

  it('rounds a bound up, so that it still bounds', () => {
    expect(formatBound(0.0032)).toBe('±0.004');
    expect(formatBound(0.004)).toBe('±0.004');
    expect(formatBound(0.0091)).toBe('±0.01');
    expect(formatBound(1.2)).toBe('±2');
    expect(formatBound(2.1e-7)).toBe('±3·10⁻⁷');
    expect(formatBound(9.5e-7)).toBe('±1·10⁻⁶');
    expect(formatBound(0)).toBe('±0');
  });

  it('writes small numbers as powers of ten', () => {
    expect(formatSmall(3e-4)).toBe('3·10⁻⁴');
    expect(formatSmall(1e-5)).toBe('10⁻⁵');
    expect(formatSmall(2.13e-6)).toBe('2.1·10⁻⁶');
    expect(formatSmall(0.05)).toBe('0.050');
    expect(formatSmall(0)).toBe('0');
  });

  it('writes p values, times and counts as a person says them', () => {
    expect(formatPValue(3e-11)).toBe('p < 0.001');
    expect(formatPValue(0.0123)).toBe('p = 0.012');
    expect(formatDuration(0.038)).toBe(`0.04${thin}s`);
    expect(formatDuration(1.42)).toBe(`1.4${thin}s`);
    expect(formatDuration(130)).toBe(`2${thin}min 10${thin}s`);
    expect(formatDuration(7860)).toBe(`2${thin}h 11${thin}min`);
    expect(formatTimeLeft(0.2)).toBe(`1${thin}s left`);
    expect(formatTimeLeft(43)).toBe(`45${thin}s left`);
    expect(formatTimeLeft(600)).toBe(`10${thin}min left`);
  });

  it('writes days by their distance from today', () => {
    const now = new Date(2026, 10, 3, 15, 0).getTime();
    expect(formatWhen(new Date(2026, 10, 3, 9, 5).getTime(), now)).toBe('today 09:05');
    expect(formatWhen(new Date(2026, 10, 2, 23, 59).getTime(), now)).toBe('yesterday 23:59');
    expect(formatWhen(new Date(2026, 9, 30, 14, 10).getTime(), now)).toBe('30 Oct 14:10');
    expect(formatWhen(new Date(2024, 9, 30, 14, 10).getTime(), now)).toBe('30 Oct 2024');
  });
});
