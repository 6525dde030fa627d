// What happens when things end in the middle: the page, compute, core.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from './app.ts';
import { launchChromium } from './chromium.ts';
import { button, currentPath, expectDecided, makeSample, press, showScreen } from './steps.ts';

let browser: Browser;
let app: App;
beforeAll(async () => (browser = await launchChromium()));
afterAll(() => browser.close());
afterEach(() => app.close());

const projectFile = () => join(app.home, 'app', 'samples', 'Sample', 'Sample.secondlook');

/** Waits until the extraction of the sample is under way. */
async function reachExtraction(page: Page): Promise<void> {
  await press(page, button(page, 'Sample project'));
  await page.getByText('Extracting features').first().waitFor({ timeout: 120_000 });
}

/** Reads the project file of an app that has ended. */
function readProject<T>(sql: string): T[] {
  const db = new Sqlite(projectFile(), { readonly: true });
  try {
    return db.prepare(sql).all() as T[];
  } finally {
    db.close();
  }
}

async function expectWholeFeatures(): Promise<void> {
  await app.killCore();
  const blocks = readProject<{ first: number; count: number }>(
    'SELECT first_image_id AS first, count FROM feature ORDER BY first_image_id',
  );
  const [{ images }] = readProject<{ images: number }>('SELECT max(id) AS images FROM image') as [{ images: number }];
  expect(blocks.reduce((total, { count }) => total + count, 0)).toBe(images);
  expect(blocks.map(({ first }) => first)).toEqual(blocks.map((_, index) => 1 + index * 256));
}

describe('in the middle of an extraction', () => {
  it('a reload of the page changes nothing: the job goes on and the page shows it', async () => {
    app = await startApp(browser);
    const page = await app.open();
    await reachExtraction(page);
    await page.reload();
    await button(page, /Start reviewing/).waitFor({ timeout: 180_000 });
    await expectWholeFeatures();
  });

  it('compute killed: the extraction goes on in a new process, nothing twice and nothing lost', async () => {
    app = await startApp(browser);
    const page = await app.open();
    await reachExtraction(page);
    expect(app.killCompute()).toBe(true);
    const resume = button(page, /Resume|Try again/);
    const ready = button(page, /Start reviewing/);
    await Promise.race([resume.waitFor({ timeout: 180_000 }), ready.waitFor({ timeout: 180_000 })]);
    if (await resume.isVisible()) await press(page, resume);
    await ready.waitFor({ timeout: 180_000 });
    await expectWholeFeatures();
  });
});

/** Types a burst of decisions, kills core between any two of them, and holds what the page says against the file. */
async function expectNothingLostSilently(page: Page): Promise<void> {
  const typed: string[] = [];
  for (let count = 0; count < 6; count++) {
    const path = await currentPath(page);
    typed.push(path);
    await page.keyboard.press('x');
    if (count === 3) void app.killCore();
    await page.waitForFunction(
      (before) => document.querySelector('.caption .path')?.getAttribute('title') !== before,
      path,
    );
  }
  await page.locator('footer[aria-label=Progress]').getByText('Saving…').waitFor({ state: 'detached' });
  const shownAsSaved = await page.locator('.strip .mark:not(.pending)').count();
  expect(await page.locator('.strip .mark.pending').count()).toBe(0);
  const said = await page.getByRole('complementary').getByRole('alert').innerText();
  const unsaved = Number(/Not saved: (\d+) images/.exec(said)?.[1] ?? 1);
  expect(shownAsSaved + unsaved).toBe(typed.length);
  const written = readProject<{ path: string }>(
    "SELECT image.path FROM image JOIN label ON label.image_id = image.id WHERE label.state = 'excluded'",
  ).map(({ path }) => path);
  expect(written).toEqual(expect.arrayContaining(typed.slice(0, shownAsSaved)));
}

const isInSight = (part: Locator): Promise<boolean> =>
  part.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
  });

/** Notes an image without core, and goes on; that is still there, asked about, and in the file once core is back and told to. */
async function expectNoteKept(page: Page): Promise<void> {
  const path = await currentPath(page);
  await page.keyboard.press('n');
  await page.keyboard.type('two of them');
  for (const key of ['Enter', 'ArrowLeft', 'ArrowRight']) await page.keyboard.press(key);
  await expect.poll(() => currentPath(page)).toBe(path);
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('.note input')?.value === 'two of them');
  const unsaved = page.getByRole('complementary').getByRole('alert');
  await unsaved.getByText(`the note on ${path}`).waitFor();
  for (const part of [unsaved, page.getByRole('textbox', { name: 'Note' })]) expect(await isInSight(part)).toBe(true);
  const question = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  await (await question).dismiss();

  app = await startApp(browser, { home: app.home, port: Number(new URL(app.address).port), project: projectFile() });
  const door = await page.context().newPage();
  await door.goto(app.address);
  await page.getByText('What is saved is kept').waitFor({ state: 'detached' });
  await press(page, unsaved.getByRole('button', { name: 'Try again' }));
  await unsaved.waitFor({ state: 'detached' });
  await page.locator('footer[aria-label=Progress]').getByText('Saving…').waitFor({ state: 'detached' });
  await app.killCore();
  expect(readProject('SELECT image.path, note.text FROM note JOIN image ON image.id = note.image_id')).toEqual([
    { path, text: 'two of them' },
  ]);
}

describe('right after a decision', () => {
  it('core killed: what was shown as saved is there after a restart, and can be undone', async () => {
    app = await startApp(browser);
    const page = await app.open();
    await makeSample(page);
    await page.keyboard.press('Enter');
    await page.getByRole('main', { name: 'Review' }).waitFor();
    const path = await currentPath(page);
    await page.keyboard.press('x');
    await expectDecided(page, 1);
    await app.killCore();
    await page.getByText(/connection to Second Look was lost and is being opened again/).waitFor();

    const restarted = await startApp(browser, { home: app.home });
    app = restarted;
    const again = await restarted.open();
    await press(again, button(again, /^Sample .*Sample\.secondlook|Sample\.secondlook/));
    await showScreen(again, 'Review');
    await expectDecided(again, 1);
    await again.keyboard.press('Control+z');
    await expectDecided(again, 0);
    await expect.poll(() => currentPath(again)).toBe(path);

    // The image taken back was shown beside the queue; those of the burst stand in it.
    await again.keyboard.press('k');
    await expectDecided(again, 1);
    await expectNothingLostSilently(again);
    await expectNoteKept(again);
  });
});
