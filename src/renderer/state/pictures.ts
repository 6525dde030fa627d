// Pictures that are about to be looked at, fetched and decoded ahead, so that the next one is on screen at once.

/** How many are held: those to both sides of the present one, and as many again for turning back. */
const held = 24;

export class Pictures {
  readonly #images = new Map<string, HTMLImageElement>();

  /** Fetches and decodes; holding the element keeps the decoded picture. */
  prefetch(urls: readonly string[]): void {
    for (const url of urls) {
      const known = this.#images.get(url);
      if (known) {
        this.#images.delete(url);
        this.#images.set(url, known);
        continue;
      }
      const image = new Image();
      image.src = url;
      // A picture that cannot be decoded says so where it is shown.
      image.decode().catch(() => undefined);
      this.#images.set(url, image);
    }
    for (const url of this.#images.keys()) {
      if (this.#images.size <= held) break;
      this.#images.delete(url);
    }
  }

  clear(): void {
    this.#images.clear();
  }
}
