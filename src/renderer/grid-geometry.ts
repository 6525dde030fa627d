// Which tiles of a grid are on screen, and where; for any number of tiles.
import { scrollTo, seenTiles, viewStrip } from './strip-geometry.ts';

export interface GridSize {
  total: number;
  /** Of the element that scrolls, in pixels. */
  width: number;
  height: number;
  /** Least width of a tile; they share what is left over. */
  tile: number;
  /** Height of the line of text below each picture. */
  caption: number;
}

export interface GridView {
  columns: number;
  rows: number;
  /** Height of a row of tiles, the gap below it included. */
  rowHeight: number;
  spacerHeight: number;
  /** First and last row to draw, both included; last is -1 for an empty grid. */
  firstRow: number;
  lastRow: number;
  /** Top of the first of them within the spacer. */
  top: number;
}

export const gap = 8;
/** Rows that are drawn beyond each edge: their pictures are there before they come into view. */
const overscan = 3;

export function viewGrid(size: GridSize, scrollTop: number): GridView {
  const { columns, rows, rowHeight } = layOut(size);
  const { spacerHeight, first, last, top } = viewStrip(rows, rowHeight, size.height, scrollTop, overscan);
  return { columns, rows, rowHeight, spacerHeight, firstRow: first, lastRow: last, top };
}

/** The scroll position that shows a place whole, as little away from `scrollTop` as can be. */
export function scrollToPlace(place: number, size: GridSize, scrollTop: number): number {
  const { columns, rows, rowHeight } = layOut(size);
  const row = Math.floor(place / columns);
  const above = scrollTo(row, rows, rowHeight, size.height, 0);
  const below = scrollTo(row + 1, rows, rowHeight, size.height, size.height / rowHeight);
  return Math.max(below, Math.min(scrollTop, above));
}

/** Places of the rows that can be seen, whole or in part. */
export function visiblePlaces(size: GridSize, scrollTop: number): { first: number; last: number } {
  const { columns, rows, rowHeight } = layOut(size);
  const { first, last } = seenTiles(rows, rowHeight, size.height, scrollTop);
  return { first: first * columns, last: Math.min(size.total, (last + 1) * columns) - 1 };
}

function layOut({ total, width, tile, caption }: GridSize): Pick<GridView, 'columns' | 'rows' | 'rowHeight'> {
  const columns = Math.max(1, Math.floor((width + gap) / (tile + gap)));
  const tileWidth = (width + gap) / columns - gap;
  return { columns, rows: Math.ceil(total / columns), rowHeight: Math.round(tileWidth + caption) + gap };
}
