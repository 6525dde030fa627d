// Which tiles of a long strip are on screen, and where; for any number of tiles.

/**
 * [Note: tall lists] Browsers cap an element's height at about 33 million device pixels, which a million tiles pass. So the
 * spacer's height is capped, and beyond the cap one pixel of scrolling stands for several pixels of the strip; tiles are
 * placed relative to what is on screen, so they keep their size and their distance.
 */
export const heightCap = 12_000_000;

export interface StripView {
  /** Height of the element that gives the scroll bar its length. */
  spacerHeight: number;
  /** First and last place to draw, both included; last is -1 for an empty strip. */
  first: number;
  last: number;
  /** Top of the first of them within the spacer. */
  top: number;
}

/** Everything in pixels; `overscan` tiles are drawn beyond each edge. */
export function viewStrip(total: number, tile: number, viewport: number, scrollTop: number, overscan = 3): StripView {
  const spacerHeight = Math.min(total * tile, heightCap);
  const shift = toStripTop(total, tile, viewport, scrollTop);
  const first = Math.max(0, Math.floor(shift / tile) - overscan);
  const last = Math.min(total - 1, Math.ceil((shift + viewport) / tile) + overscan);
  return { spacerHeight, first, last, top: scrollTop + first * tile - shift };
}

/** First and last place that can be seen, whole or in part; last is -1 for an empty strip. */
export function seenTiles(
  total: number,
  tile: number,
  viewport: number,
  scrollTop: number,
): { first: number; last: number } {
  const shift = toStripTop(total, tile, viewport, scrollTop);
  return { first: Math.floor(shift / tile), last: Math.min(total, Math.ceil((shift + viewport) / tile)) - 1 };
}

/** The scroll position that brings a place to `above` tiles below the upper edge. */
export function scrollTo(place: number, total: number, tile: number, viewport: number, above: number): number {
  const wanted = Math.max(0, (place - above) * tile);
  return wanted / scale(total, tile, viewport);
}

const toStripTop = (total: number, tile: number, viewport: number, scrollTop: number): number =>
  scrollTop * scale(total, tile, viewport);

function scale(total: number, tile: number, viewport: number): number {
  const height = total * tile;
  return height <= heightCap || viewport >= heightCap ? 1 : (height - viewport) / (heightCap - viewport);
}
