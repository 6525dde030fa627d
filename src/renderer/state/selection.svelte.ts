// What is selected among tiles, by place: one at a time, a range from the anchor, or one more.
import { SvelteSet } from 'svelte/reactivity';

/** How a move or a click treats what was selected before. */
export type SelectMode = 'only' | 'extend' | 'keep';

export class Selection {
  /** Place of the tile that has the keys. */
  focus = $state(0);
  readonly #places = new SvelteSet<number>();
  /** Where a range begins. */
  #anchor = 0;

  get size(): number {
    return this.#places.size;
  }

  has(place: number): boolean {
    return this.#places.has(place);
  }

  /** Ascending; the tile in focus alone where none is selected. */
  get chosen(): number[] {
    return this.#places.size === 0 ? [this.focus] : [...this.#places].sort((a, b) => a - b);
  }

  /** Moves the focus without selecting anything. */
  goTo(place: number): void {
    this.focus = place;
    this.#anchor = place;
  }

  /** Moves the focus: *only* drops the selection, *extend* selects from the anchor to here, *keep* leaves it. */
  moveTo(place: number, mode: SelectMode): void {
    this.focus = place;
    if (mode === 'extend') return this.#selectRange(this.#anchor, place);
    this.#anchor = place;
    if (mode === 'only') this.#places.clear();
  }

  /** A click: *only* selects this one, *extend* the range, *keep* adds it or takes it out. */
  click(place: number, mode: SelectMode): void {
    this.moveTo(place, mode);
    if (mode === 'keep') this.toggle(place);
    else if (mode === 'only') this.#places.add(place);
  }

  toggle(place: number): void {
    if (!this.#places.delete(place)) this.#places.add(place);
    this.#anchor = place;
  }

  /** Selects exactly these. */
  set(places: Iterable<number>): void {
    this.#places.clear();
    for (const place of places) this.#places.add(place);
  }

  clear(): void {
    this.#places.clear();
    this.#anchor = this.focus;
  }

  #selectRange(from: number, to: number): void {
    const first = Math.min(from, to);
    this.set(Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => first + index));
  }
}
