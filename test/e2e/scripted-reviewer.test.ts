// A reviewer who never tires: two thousand decisions by real keys, with undo and redo, a killed core and reloaded pages in
// between. A model of what was typed says what every label must be, and the project file is compared with it.
import { join } from 'node:path';
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

/** What was typed, as it must stand: one entry for each key, as core keeps them. */
class Typed {
  readonly labels = new Map<string, Standing>();
  readonly #given: ReadonlyMap<string, string>;
  #standing: { path: string; before: Standing; after: Standing }[] = [];
  #undone: { path: string; before: Standing; after: Standing }[] = [];

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

  decide(path: string, key: string): void {
    const before = this.labels.get(path)!;
    const given = this.#given.get(path)!;
    const relabelled = classes[Number(key) - 1];
    const after: Standing =
      key === 'x'
        ? { label: null, state: 'excluded' }
        : key === 'u'
          ? { label: before.label, state: 'unsure' }
          : key === 'k' || relabelled === given
            ? { label: given, state: 'kept' }
            : { label: relabelled!, state: 'relabelled' };
    this.labels.set(path, after);
    this.#standing.push({ path, before, after });
    this.#undone = [];
  }

  /** Returns the path of the image that it concerns, which the screen then shows. */
  undo(): string {
    const last = this.#standing.pop()!;
    this.labels.set(last.path, last.before);
    this.#undone.push(last);
    return last.path;
  }

  redo(): string {
    const last = this.#undone.pop()!;
    this.labels.set(last.path, last.after);
    this.#standing.push(last);
    return last.path;
  }
}

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

/** Types one key for each image shown, waiting only until the next one is there, and returns how many it typed. */
async function typeSome(typed: Typed, random: () => number, count: number): Promise<number> {
  const keys = ['k', 'x', 'u', '1', '2', '3', '4', '5', '6'];
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
      const key = keys[Math.floor(random() * keys.length)]!;
      typed.decide(path, key);
      await page.keyboard.press(key);
      await page.waitForFunction(
        (before) => document.querySelector('.caption .path')?.getAttribute('title') !== before,
        path,
      );
      decisions += 1;
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
      await killAndReopen();
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
  path: string;
  label: string | null;
  state: string;
}

/** Kills core as a power cut would, reads the file as that left it, and opens it again with a new page. */
async function killAndReopen(): Promise<LabelRow[]> {
  await app.killCore();
  const rows = readProject<LabelRow>(`
    SELECT image.path, class.name AS label, label.state FROM image JOIN label ON label.image_id = image.id
    LEFT JOIN class ON class.id = label.class_id WHERE image.split = 'train' ORDER BY image.id`);
  await page.context().close();
  app = await startApp(browser, app.home);
  page = await app.open();
  await press(page, button(page, /Sample\.secondlook/));
  await page.getByRole('main', { name: 'Overview' }).waitFor();
  return rows;
}
