// Measuring in the page: marks are set by what the browser says of keys, pictures and frames, not by the product's own code.
import type { Page } from 'playwright-core';

/** Tiles are scrolled past at this many rows a second: what somebody reads who looks at each of them. */
const rowsPerSecond = 2;
const secondsADepth = 6;

/** Milliseconds from each key to the frame in which the next picture is on screen. */
export async function measureNextImage(page: Page, decisions: number, pauseMs: number): Promise<number[]> {
  await page.evaluate(() => {
    const shown = () => document.querySelector<HTMLImageElement>('.stage img');
    let before = shown()?.src;
    window.addEventListener(
      'keydown',
      () => {
        before = shown()?.src;
        performance.mark('key');
        requestAnimationFrame(look);
      },
      { capture: true },
    );
    function look(): void {
      const image = shown();
      if (!image || image.src === before || !image.complete || image.naturalWidth === 0) {
        requestAnimationFrame(look);
        return;
      }
      // This frame is the one that shows it: it is painted when the next task runs.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => performance.measure('next-image', 'key');
      port2.postMessage(null);
    }
  });
  for (let count = 1; count <= decisions; count++) {
    await page.waitForTimeout(pauseMs);
    await page.keyboard.press(count % 2 === 0 ? 'k' : '3');
    await page.waitForFunction((wanted) => performance.getEntriesByName('next-image').length >= wanted, count);
  }
  return page.evaluate(() => performance.getEntriesByName('next-image').map(({ duration }) => duration));
}

/** Milliseconds from what `act` does to the frame in which `selector` is there, a picture of it whole. */
export async function watchFrom(page: Page, act: () => Promise<void>, selector: string): Promise<number> {
  await page.evaluate((wanted) => {
    performance.clearMarks('act');
    performance.clearMeasures('seen');
    let isStarted = false;
    const start = () => {
      if (!isStarted) performance.mark('act');
      isStarted = true;
    };
    for (const event of ['mousedown', 'keydown']) window.addEventListener(event, start, { capture: true, once: true });
    function look(): void {
      const element = isStarted ? document.querySelector(wanted) : null;
      const isThere =
        element && (!(element instanceof HTMLImageElement) || (element.complete && element.naturalWidth > 0));
      if (isThere) setTimeout(() => performance.measure('seen', 'act'));
      else requestAnimationFrame(look);
    }
    look();
  }, selector);
  await act();
  await page.waitForFunction(() => performance.getEntriesByName('seen').length > 0, undefined, { timeout: 120_000 });
  return page.evaluate(() => performance.getEntriesByName('seen')[0]!.duration);
}

export interface Scrolled {
  /** Milliseconds from frame to frame. */
  frames: number[];
  /** For each tile that came into view without its picture: how long it stayed so. */
  blanks: number[];
  heapBefore: number;
  heapAfter: number;
}

/** Scrolls the grid at reading speed from several depths of it. */
export async function measureScrolling(page: Page): Promise<Scrolled> {
  const session = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  const frames: number[] = [];
  const blanks: number[] = [];
  await scrollFrom(page, 0.02);
  const heapBefore = await heap();
  for (const depth of [0, 0.25, 0.5, 0.75, 0.98]) {
    const scrolled = await scrollFrom(page, depth);
    frames.push(...scrolled.frames);
    blanks.push(...scrolled.blanks);
  }
  return { frames, blanks, heapBefore, heapAfter: await heap() };
}

const scrollFrom = (page: Page, depth: number): Promise<{ frames: number[]; blanks: number[] }> =>
  page.evaluate(
    async ({ share, perSecond, seconds }) => {
      const grid = document.querySelector<HTMLElement>('[role=grid]')!;
      const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const seen = (): HTMLElement[] => {
        const { top, bottom } = grid.getBoundingClientRect();
        return [...grid.querySelectorAll<HTMLElement>('[data-place]')].filter((cell) => {
          const box = cell.getBoundingClientRect();
          return box.bottom > top && box.top < bottom;
        });
      };
      const isBlank = (cell: HTMLElement): boolean => cell.querySelector('img')?.complete !== true;
      grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
      for (let quiet = 0; quiet < 5;) {
        await nextFrame();
        quiet = seen().some(isBlank) ? 0 : quiet + 1;
      }

      const rowHeight = grid.querySelector<HTMLElement>('[role=row]')!.offsetHeight;
      const from = grid.scrollTop;
      const frames: number[] = [];
      const since = new Map<string, number>();
      const blanks: number[] = [];
      const startedAt = await nextFrame();
      for (let last = startedAt; last - startedAt < seconds * 1000;) {
        const now = await nextFrame();
        frames.push(now - last);
        last = now;
        grid.scrollTop = from + (perSecond * rowHeight * (now - startedAt)) / 1000;
        const present = new Set<string>();
        for (const cell of seen()) {
          const place = cell.dataset['place']!;
          present.add(place);
          if (isBlank(cell)) since.set(place, since.get(place) ?? now);
          else if (since.has(place)) {
            blanks.push(now - since.get(place)!);
            since.delete(place);
          }
        }
        for (const [place, at] of since)
          if (!present.has(place)) {
            blanks.push(now - at);
            since.delete(place);
          }
      }
      return { frames, blanks: [...blanks, ...[...since.values()].map((at) => performance.now() - at)] };
    },
    { share: depth, perSecond: rowsPerSecond, seconds: secondsADepth },
  );
