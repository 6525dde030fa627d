import { describe, expect, it } from 'vitest';
import { heightCap, scrollTo, viewStrip } from '../../src/renderer/strip-geometry.ts';

describe('strip geometry', () => {
  it('draws what is on screen and a few beyond', () => {
    expect(viewStrip(1000, 80, 800, 8000)).toEqual({ spacerHeight: 80_000, first: 97, last: 113, top: 97 * 80 });
  });

  it('draws nothing for an empty strip', () => {
    const { first, last } = viewStrip(0, 80, 800, 0);
    expect(last).toBeLessThan(first);
  });

  it.each([1, 500, 100_000, 1_000_000])('brings every place of %i on screen', (total) => {
    for (const place of [0, Math.floor(total / 3), total - 1]) {
      const asked = scrollTo(place, total, 80, 800, 3);
      const { spacerHeight } = viewStrip(total, 80, 800, asked);
      const scrollTop = Math.min(asked, Math.max(0, spacerHeight - 800));
      const { first, last, top } = viewStrip(total, 80, 800, scrollTop);
      expect(place).toBeGreaterThanOrEqual(first);
      expect(place).toBeLessThanOrEqual(last);
      const tileTop = top + (place - first) * 80 - scrollTop;
      expect(tileTop).toBeGreaterThanOrEqual(-0.001);
      expect(tileTop).toBeLessThanOrEqual(800 - 80 + 0.001);
    }
  });

  it('never passes the height that browsers allow', () => {
    expect(viewStrip(10_000_000, 80, 800, 0).spacerHeight).toBe(heightCap);
  });
});
