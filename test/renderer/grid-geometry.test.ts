import { describe, expect, it } from 'vitest';
import { gap, scrollToPlace, viewGrid, visiblePlaces } from '../../src/renderer/grid-geometry.ts';

const size = { total: 100_000, width: 1000, height: 700, tile: 144, caption: 22 };
const { columns, rowHeight } = viewGrid(size, 0);

describe('the grid', () => {
  it('shares the width among as many tiles as fit', () => {
    expect(columns).toBe(6);
    expect(rowHeight).toBe(Math.round((1000 + gap) / 6 - gap) + size.caption + gap);
    expect(viewGrid({ ...size, width: 100 }, 0).columns).toBe(1);
  });

  it('draws what is on screen and a little more, however far down and however many there are', () => {
    for (const total of [0, 1, 7, 100_000, 3_000_000])
      for (const share of [0, 0.3, 0.999, 1]) {
        const wide = { ...size, total };
        const { spacerHeight } = viewGrid(wide, 0);
        const scrollTop = share * Math.max(0, spacerHeight - size.height);
        const view = viewGrid(wide, scrollTop);
        const drawn = view.lastRow - view.firstRow + 1;
        expect(drawn).toBeLessThanOrEqual(Math.ceil(size.height / rowHeight) + 8);
        expect(spacerHeight).toBeLessThanOrEqual(12_000_000);
        if (share === 1 && total > 0) expect(view.lastRow).toBe(view.rows - 1);
        // What can be seen is drawn.
        const seen = visiblePlaces(wide, scrollTop);
        expect(seen.last).toBeLessThan(Math.max(total, 1));
        if (total > 0) {
          expect(Math.floor(seen.first / columns)).toBeGreaterThanOrEqual(view.firstRow);
          expect(Math.floor(seen.last / columns)).toBeLessThanOrEqual(view.lastRow);
        }
      }
  });

  it('brings any place into view whole, and stays where it is in view already', () => {
    for (const total of [100_000, 3_000_000])
      for (const place of [0, 5, 6, 777, Math.floor(total / 2), total - 1]) {
        const wide = { ...size, total };
        const scrollTop = scrollToPlace(place, wide, 0);
        const seen = visiblePlaces(wide, scrollTop);
        expect(place).toBeGreaterThanOrEqual(seen.first);
        expect(place).toBeLessThanOrEqual(seen.last);
        expect(Math.abs(scrollToPlace(place, wide, scrollTop) - scrollTop)).toBeLessThan(1);
      }
    expect(scrollToPlace(12, size, 40)).toBe(40);
  });
});
