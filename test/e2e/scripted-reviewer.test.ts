// A reviewer who never tires: two thousand decisions by real keys, of one image or of several together, with undo and redo,
// reloaded pages, and a core that is killed while keys are on their way to it. A model of what was typed says what every
// label must be, and the project file is compared with it. A key counts as typed: what the page shows as saved is in the
// file, and what it says was not saved is tried again.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Sqlite from 'better-sqlite3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../src/shared/random.ts';
import { startApp, type App } from './app.ts';
import { launchChromium } from './chromium.ts';
import { button, currentPath, expectDecided, makeSample, press, showScreen } from './steps.ts';

const wantedDecisions = 2000;
const classes = ['apple', 'avocado', 'orange', 'peach', 'pear', 'tomato'];

let browser: Browser;
let app: App;
let page: Page;
beforeAll(async () => (browser = await launchChromium()));
afterAll(async () => {
  await app.close();
  await browser.close();
});

interface Standing {
  label: string | null;
  state: string;
}

interface Change {
  path: string;
  before: Standing;
  after: Standing;
}

/** What was typed, as it must stand: one entry for each key, as core keeps them. */
class Typed {
  readonly labels = new Map<string, Standing>();
  readonly #given: ReadonlyMap<string, string>;
  #standing: Change[][] = [];
  #undone: Change[][] = [];

  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
    for (const [path, label] of given) this.labels.set(path, { label, state: 'open' });
  }

  get decided(): number {
    return [...this.labels.values()].filter(({ state }) => state !== 'open').length;
  }

  get canUndo(): boolean {
    return this.#standing.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** One key for all of these. */
  decide(paths: readonly string[], key: string): void {
    const changes = paths.map((path): Change => {
      const before = this.labels.get(path)!;
      return { path, before, after: this.#judge(path, before, key) };
    });
    for (const { path, after } of changes) this.labels.set(path, after);
    this.#standing.push(changes);
    this.#undone = [];
  }

  #judge(path: string, before: Standing, key: string): Standing {
    const given = this.#given.get(path)!;
    const relabelled = classes[Number(key) - 1];
    if (key === 'x') return { label: null, state: 'excluded' };
    if (key === 'u') return { label: before.label, state: 'unsure' };
    if (key === 'k' || relabelled === given) return { label: given, state: 'kept' };
    return { label: relabelled!, state: 'relabelled' };
  }

  /** Returns the path of the first image that it concerns, which the screen then shows. */
  undo(): string {
    const last = this.#standing.pop()!;
    for (const { path, before } of last) this.labels.set(path, before);
    this.#undone.push(last);
    return last[0]!.path;
  }

  redo(): string {
    const last = this.#undone.pop()!;
    for (const { path, after } of last) this.labels.set(path, after);
    this.#standing.push(last);
    return last[0]!.path;
  }
}

/** By image id. */
const pathOf = new Map<number, string>();
const projectFile = () => join(app.home, 'app', 'samples', 'Sample', 'Sample.secondlook');

function readProject<Row>(sql: string): Row[] {
  const db = new Sqlite(projectFile(), { readonly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}

const expectShown = (path: string) =>
  page.waitForFunction((wanted) => document.querySelector('.caption .path')?.getAttribute('title') === wanted, path);

const anyKey = (random: () => number): string => 'kxu123456'[Math.floor(random() * 9)]!;

/** Decides the image shown and waits only until the next one is there. */
async function typeOne(typed: Typed, path: string, key: string): Promise<void> {
  typed.decide([path], key);
  await page.keyboard.press(key);
  await page.waitForFunction(
    (before) => document.querySelector('.caption .path')?.getAttribute('title') !== before,
    path,
  );
}

/** Selects tiles of the grid, or similar images, and decides them with one key; returns how many. */
async function typeTogether(typed: Typed, random: () => number, view: 'g' | 's'): Promise<number> {
  await page.keyboard.press(view);
  const tiles = page.getByRole('gridcell');
  await tiles.locator('img').nth(1).waitFor();
  const selected = page.locator('[role=gridcell][aria-selected=true]');
  if (view === 's') for (const key of ['-', '-', 'a']) await page.keyboard.press(key);
  // None of those like it may be open any more, and only what is drawn can be read from the page.
  if (view === 'g' || (await selected.count()) === 0) {
    const steps = 1 + Math.floor(random() * 4);
    for (let step = 0; step < steps; step++) await page.keyboard.press('Shift+ArrowRight');
  }
  const addresses = await selected
    .locator('img')
    .evaluateAll((images) => images.map((image) => image.getAttribute('src')!));
  const paths = addresses.map((address) => pathOf.get(Number(/\/(\d+)/.exec(address)![1]))!);
  const key = anyKey(random);
  typed.decide(paths, key);
  await page.keyboard.press(key);
  await selected.first().waitFor({ state: 'detached' });
  await page.keyboard.press(view);
  await page.locator('.caption .path').waitFor();
  return paths.length;
}

/** Types one key after another, and returns how many decisions that made. */
async function typeSome(typed: Typed, random: () => number, count: number): Promise<number> {
  let decisions = 0;
  for (let step = 0; step < count; step++) {
    const chance = random();
    if (chance < 0.08 && typed.canUndo) {
      const path = typed.undo();
      await page.keyboard.press('Control+z');
      await expectShown(path);
    } else if (chance < 0.12 && typed.canRedo) {
      const path = typed.redo();
      await page.keyboard.press('Control+Shift+z');
      await expectShown(path);
    } else {
      const path = await currentPath(page);
      if (path === '') break;
      if (chance > 0.98) decisions += await typeTogether(typed, random, chance > 0.99 ? 'g' : 's');
      else {
        await typeOne(typed, path, anyKey(random));
        decisions += 1;
      }
    }
  }
  await expectDecided(page, typed.decided);
  return decisions;
}

/** Shows all images from the first on, whatever has been decided of them. */
async function startOver(): Promise<void> {
  await showScreen(page, 'Review');
  await page.getByRole('button', { name: 'Filter' }).waitFor();
  await page.keyboard.press('f');
  await press(page, page.getByRole('dialog').getByRole('button', { name: 'Show all' }));
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('.strip [aria-current]').first().waitFor();
}

it('ends with exactly the labels that were typed', async () => {
  app = await startApp(browser);
  page = await app.open();
  await makeSample(page);
  const rows = await killAndReopen();
  for (const { id, path } of rows) pathOf.set(id, path);
  const typed = new Typed(new Map(rows.map(({ path, label }) => [path, label!])));
  await startOver();

  const random = createRandom(42);
  for (let decisions = 0, round = 0; decisions < wantedDecisions; round++) {
    decisions += await typeSome(typed, random, 160);
    if (round % 4 === 1) {
      await page.reload();
      await page.locator('body[data-ready]').waitFor();
      await startOver();
    } else if (round % 4 === 3) {
      await killWhileTyping(typed, random);
      await startOver();
    } else if ((await currentPath(page)) === '') await startOver();
  }

  const final = await killAndReopen();
  const wrong = final
    .map((saved) => ({ ...saved, typed: typed.labels.get(saved.path)! }))
    .filter(({ label, state, typed: wanted }) => label !== wanted.label || state !== wanted.state);
  expect(wrong).toEqual([]);
  expect(final.filter(({ state }) => state !== 'open').length).toBe(typed.decided);
}, 900_000);

interface LabelRow {
  id: number;
  path: string;
  label: string | null;
  state: string;
}

const readLabels = (): LabelRow[] =>
  readProject<LabelRow>(`
    SELECT image.id, image.path, class.name AS label, label.state FROM image JOIN label ON label.image_id = image.id
    LEFT JOIN class ON class.id = label.class_id WHERE image.split = 'train' ORDER BY image.id`);

/** Kills core as a power cut would, reads the file as that left it, and opens it again with a new page. */
async function killAndReopen(): Promise<LabelRow[]> {
  await app.killCore();
  const rows = readLabels();
  await page.context().close();
  app = await startApp(browser, { home: app.home });
  page = await app.open();
  await press(page, button(page, /Sample\.secondlook/));
  await page.getByRole('main', { name: 'Overview' }).waitFor();
  return rows;
}

/**
 * Kills core between two keys and types on. What the page does not say was not saved must be in the file; when core is back
 * at the same address, the same page finds out what was written after all, and is told to try the rest again.
 */
async function killWhileTyping(typed: Typed, random: () => number): Promise<void> {
  const burst: string[] = [];
  for (let count = 0; count < 8; count++) {
    const path = await currentPath(page);
    if (path === '') break;
    burst.push(path);
    if (count === 4) void app.killCore();
    await typeOne(typed, path, anyKey(random));
  }
  await page.locator('footer[aria-label=Progress]').getByText('Saving…').waitFor({ state: 'detached' });
  const unsaved = page.getByRole('complementary').getByRole('alert').filter({ hasText: 'Not saved' });
  const countUnsaved = async (): Promise<number> => {
    if ((await unsaved.count()) === 0) return 0;
    return Number(/Not saved: (\d+) images/.exec(await unsaved.innerText())?.[1] ?? 1);
  };

  await app.killCore();
  const rows = new Map(readLabels().map(({ path, label, state }) => [path, { label, state }]));
  const isWritten = (path: string) => isDeepStrictEqual(rows.get(path), typed.labels.get(path));
  const saved = burst.slice(0, burst.length - (await countUnsaved()));
  expect(saved.filter((path) => !isWritten(path))).toEqual([]);

  app = await startApp(browser, { home: app.home, port: Number(new URL(app.address).port), project: projectFile() });
  const door = await page.context().newPage();
  await door.goto(app.address);
  await door.locator('body[data-ready]').waitFor();
  await door.close();
  await page.getByText('What is saved is kept').waitFor({ state: 'detached' });
  const left = burst.filter((path) => !isWritten(path)).length;
  await expect.poll(countUnsaved).toBe(left);
  if (left > 0) await press(page, unsaved.getByRole('button', { name: 'Try again' }));
  await expectDecided(page, typed.decided);
}
