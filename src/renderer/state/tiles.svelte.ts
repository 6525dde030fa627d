// What the keys do among tiles, whether they are the grid's or the similar images.
import type { KeyHandlers } from '../key-events.ts';
import type { Selection, SelectMode } from './selection.svelte.ts';

const widths = [72, 104, 144, 200, 280];

/** The size of tiles, which stays from view to view. */
export class TileSize {
  #step = $state(2);

  get width(): number {
    return widths[this.#step]!;
  }

  change(step: 1 | -1): void {
    this.#step = Math.max(0, Math.min(widths.length - 1, this.#step + step));
  }
}

export interface TileKeys {
  selection: Selection;
  size: TileSize;
  total: () => number;
  measure: () => { columns: number; page: number };
  seen: () => { first: number; last: number };
  open: (place: number) => void;
}

/** Handlers for the scope *tiles*: Shift selects on the way, Ctrl moves without dropping the selection. */
export function createTileHandlers({ selection, size, total, measure, seen, open }: TileKeys): KeyHandlers {
  const modeOf = (event: KeyboardEvent): SelectMode =>
    event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'keep' : 'only';
  const moveBy = (step: number) => (event: KeyboardEvent) => moveTo(selection.focus + step, event);
  function moveTo(place: number, event: KeyboardEvent): void {
    const last = total() - 1;
    if (last >= 0) selection.moveTo(Math.max(0, Math.min(last, place)), modeOf(event));
  }
  return {
    'tile-right': moveBy(1),
    'tile-left': moveBy(-1),
    'tile-down': (event) => moveBy(measure().columns)(event),
    'tile-up': (event) => moveBy(-measure().columns)(event),
    'page-down': (event) => moveBy(measure().columns * measure().page)(event),
    'page-up': (event) => moveBy(-measure().columns * measure().page)(event),
    'tile-first': (event) => moveTo(0, event),
    'tile-last': (event) => moveTo(total() - 1, event),
    select: () => selection.toggle(selection.focus),
    'select-visible': () => {
      const { first, last } = seen();
      selection.set(Array.from({ length: last - first + 1 }, (_, index) => first + index));
    },
    open: () => open(selection.focus),
    larger: () => size.change(1),
    smaller: () => size.change(-1),
  };
}
