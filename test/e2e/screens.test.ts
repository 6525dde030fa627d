// Every screen, in both colour schemes, at the smallest window, in each language, with text of twice the size and in forced
// colours: no accessibility rule broken, nothing cut off or out of reach, and what counts can be seen.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { texts as chinese } from '../../src/renderer/languages/zh-CN.ts';
import { texts as english } from '../../src/renderer/languages/en.ts';
import { startApp, type App } from './app.ts';
import { launchChromium } from './chromium.ts';
import { canBeSeen, findEnglish, findOutOfReach, findTooWide, findViolations, isCutOff } from './looks.ts';
import { button, expectDecided, makeSample, press, runExperiment, showScreen } from './steps.ts';

const screens = ['Projects', 'Overview', 'Review', 'Explain', 'Runs', 'Experiment', 'Export', 'Settings'];
/** The views and dialogs of Review, with the keys that lead there. */
const views: Record<string, string[]> = {
  'evidence in full': ['e', 'ArrowRight'],
  'similar images': ['s', 'a'],
  'the grid': ['g', 'ArrowRight', 'Shift+ArrowRight'],
  'the filter': ['f'],
  'the history': ['h'],
  'the class finder': ['/'],
  'a zoomed picture': ['z', '+', '+', '+', '+', '+', '+'],
  'all keys': ['?'],
};

let browser: Browser;
let app: App;
beforeAll(async () => {
  browser = await launchChromium();
  app = await startApp(browser);
  const page = await app.open();
  await makeSample(page);
  await runExperiment(page);
});
afterAll(async () => {
  await app.close();
  await browser.close();
});

describe.each([
  { colorScheme: 'light' as const, viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark' as const, viewport: { width: 1440, height: 900 } },
  { colorScheme: 'light' as const, viewport: { width: 1024, height: 700 } },
])('in $colorScheme at $viewport.width x $viewport.height', (options) => {
  let page: Page;
  beforeAll(async () => (page = await app.open(options)));
  afterAll(() => page.context().close());

  /** From a page that was just loaded, whatever the test before has left open. */
  async function show(name: string): Promise<void> {
    await page.reload();
    await page.locator('body[data-ready]').waitFor();
    await showScreen(page, name);
    if (name === 'Review' || name === 'Explain')
      await page
        .getByText(/the other \d/)
        .first()
        .waitFor();
  }

  it.each(Object.entries(views))('Review, %s, breaks no accessibility rule and fits the window', async (name, keys) => {
    await show('Review');
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForLoadState('networkidle');
    }
    expect(await findViolations(page)).toEqual([]);
    expect(await isCutOff(page)).toBe(false);
    if (name === 'evidence in full') await expectInFull();
  });

  /** Its buttons share a row, and a rank is not cut. */
  async function expectInFull(): Promise<void> {
    const tops = await page
      .locator('main header .button')
      .evaluateAll((buttons) => buttons.map((each) => each.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
    const ranks = await page
      .locator('.suspect')
      .evaluateAll((all) => all.map((rank) => rank.scrollWidth - rank.clientWidth));
    expect(ranks.length).toBeGreaterThan(0);
    expect(Math.max(...ranks)).toBe(0);
  }

  it.each(screens)('%s breaks no accessibility rule and fits the window', async (name) => {
    await show(name);
    expect(await findViolations(page)).toEqual([]);
    expect(await isCutOff(page)).toBe(false);
  });
});

it.each([
  ['no-preference' as const, true],
  ['reduce' as const, false],
])('with motion: %s, something moves under the mouse: %s', async (reducedMotion, doesMove) => {
  const page = await app.open({ reducedMotion });
  await page.evaluate(() => {
    for (const event of ['transitionrun', 'animationstart'])
      document.addEventListener(event, () => (document.body.dataset['moved'] = 'true'));
  });
  await showScreen(page, 'Review');
  for (const place of [0, 1, 2]) await page.locator('aside .verdicts button').nth(place).hover();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(await page.locator('body').getAttribute('data-moved')).toBe(doesMove ? 'true' : null);
  await page.context().close();
});

describe.each([
  { language: 'English', locale: 'en-GB', texts: english },
  { language: 'Chinese', locale: 'zh-CN', texts: chinese },
])('in $language no accessibility rule is broken', ({ locale, texts }) => {
  let page: Page;
  beforeAll(async () => (page = await app.open({ locale })));
  afterAll(() => page.context().close());

  const named = (key: keyof typeof english): Locator => page.getByRole('button', { name: texts[key], exact: true });
  async function show(screen: keyof typeof english & `screen.${string}`): Promise<void> {
    await page.reload();
    await page.locator('body[data-ready]').waitFor();
    await press(page, page.getByRole('navigation').getByRole('button', { name: texts[screen] }));
    await page.getByRole('main', { name: texts[screen] }).waitFor();
  }
  async function expectSound(): Promise<void> {
    expect(await findViolations(page)).toEqual([]);
    expect(await isCutOff(page)).toBe(false);
    if (locale !== 'en-GB') expect(await findEnglish(page)).toEqual([]);
  }
  async function chooseFolder(field: Locator, names: readonly string[], submit: keyof typeof english): Promise<void> {
    await press(page, field.getByRole('button'));
    const dialog = page.getByRole('dialog');
    for (const name of names) await press(page, dialog.getByRole('button', { name, exact: true }));
    await expectSound();
    await press(page, dialog.getByRole('button', { name: texts[submit] }));
    await dialog.waitFor({ state: 'detached' });
  }

  async function pick(field: keyof typeof english, names: readonly string[]): Promise<void> {
    await press(page, page.getByRole('group', { name: texts[field] }).getByRole('button'));
    for (const name of names) await press(page, page.getByRole('dialog').getByRole('button', { name, exact: true }));
  }
  async function giveWrongLabels(): Promise<void> {
    await page.getByRole('radio', { name: texts['new.csv'] }).check();
    await pick('new.label-file', [app.home, 'photos', 'wrong.csv']);
    await press(page, named('do.continue'));
    await page.getByText('不清楚 wrong.csv 的哪一列是图像的路径。它的列有：a, b。请选择其中之一。').waitFor();
    await press(page, named('do.back'));
    await page.getByRole('radio', { name: texts['new.folders'] }).check();
  }
  async function createAndReturn(): Promise<void> {
    await pick('new.project-folder', [app.home, texts['place.choose-this']]);
    await press(page, named('new.create'));
    await press(page, page.locator('summary').filter({ hasText: '2' }));
    await page.getByText('图片不完整或已损坏。').waitFor();
    await expectSound();
    await show('screen.start');
    await press(page, button(page, /Sample\.secondlook/));
    await page.getByRole('main', { name: texts['screen.overview'] }).waitFor();
  }

  it('in the steps of a new project and the list of folders', async () => {
    makePhotos(join(app.home, 'photos'));
    await show('screen.start');
    await press(page, named('screen.new-project'));
    await page.getByText(texts['new.images-hint']).waitFor();
    await chooseFolder(
      page.getByRole('group', { name: texts['new.images-folder'] }),
      [app.home, 'photos'],
      'place.choose-this',
    );
    await expectSound();
    if (locale === 'zh-CN') await giveWrongLabels();
    await press(page, named('do.continue'));
    await page.getByText(texts['new.nothing-written']).waitFor();
    await press(page, page.locator('summary'));
    await page.getByText(locale === 'zh-CN' ? '这不是图片，因此未读取。' : 'This is not a picture').waitFor();
    await expectSound();
    await press(page, named('do.continue'));
    await pick('model.field', [join(app.home, 'app', 'samples', 'Sample'), 'model.onnx']);
    await page.getByRole('region', { name: texts['model.understood'] }).waitFor();
    await expectSound();
    await press(page, named('do.continue'));
    await expectSound();
    if (locale === 'zh-CN') await createAndReturn();
  });

  if (locale === 'en-GB')
    it('where keys are changed, while one is awaited and after one was refused', async () => {
      await show('screen.settings');
      await press(page, page.getByText(texts['keys.change']));
      const keep = page.getByRole('button', { description: texts['key.keep'] });
      await press(page, keep);
      await expectSound();
      await page.keyboard.press('x');
      await page.getByRole('alert').filter({ hasText: texts['key.exclude'] }).waitFor();
      await expectSound();
    });

  if (locale === 'en-GB')
    it('in the tables behind the plots', async () => {
      for (const screen of ['screen.runs', 'screen.experiment'] as const) {
        await show(screen);
        await named('runs.as-table').first().waitFor();
        while ((await named('runs.as-table').count()) > 0) await press(page, named('runs.as-table').first());
        await expectSound();
      }
    });

  if (locale === 'zh-CN')
    it('on the other screens', async () => {
      await show('screen.overview');
      await press(page, page.getByText(texts['test-labels.show']));
      await expectSound();
      for (const screen of ['screen.explain', 'screen.export', 'screen.review'] as const) {
        await show(screen);
        await expectSound();
      }
      for (const key of ['g', 'f']) {
        await page.keyboard.press(key);
        await page.waitForLoadState('networkidle');
        await expectSound();
      }
    });
});

/** Two classes of three pictures each, one of them cut short, and what is neither picture nor label file. */
function makePhotos(folder: string): void {
  const images = join(app.home, 'app', 'samples', 'Sample', 'images');
  const pictures = readdirSync(images, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'));
  for (const [index, name] of pictures.slice(0, 6).entries()) {
    const bytes = readFileSync(join(images, name));
    const label = join(folder, index < 3 ? 'apples' : 'pears');
    mkdirSync(label, { recursive: true });
    writeFileSync(join(label, `${index}.jpg`), index === 0 ? bytes.subarray(0, bytes.length / 2) : bytes);
  }
  writeFileSync(join(folder, 'apples', 'notes.txt'), 'red');
  writeFileSync(join(folder, 'wrong.csv'), 'a,b\n1,2\n');
}

describe('with text of twice the size', () => {
  let large: Browser;
  beforeAll(async () => (large = await launchChromium({ textSize: 32 })));
  afterAll(() => large.close());

  it.each([
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ])('at $width x $height nothing is cut off, out of reach or scrolls sideways', async (viewport) => {
    const page = await app.open({ viewport }, large);
    const found: unknown[] = [];
    const look = async (name: string) => {
      await page.waitForLoadState('networkidle');
      const problems = [...(await findTooWide(page)), ...(await findOutOfReach(page))];
      if ((await isCutOff(page)) || problems.length > 0) found.push([name, ...problems]);
    };
    for (const name of screens) {
      await showScreen(page, name);
      await look(name);
    }
    await showScreen(page, 'Review');
    for (const key of ['e', 'e', 's', 's', 'g', 'g', 'f']) {
      await page.keyboard.press(key);
      await look(`Review, ${key}`);
    }
    expect(found).toEqual([]);
    await page.context().close();
  });
});

it('with very long names of classes nothing of Review is too wide, and no name lies over another', async () => {
  const page = await app.open({ viewport: { width: 1024, height: 700 } });
  await page.routeWebSocket(/core$/, (socket) => {
    const core = socket.connectToServer();
    core.onMessage((message) =>
      socket.send(
        String(message).replace(/"name":"(\w+)"/g, `"name":"$1 ${'and the like '.repeat(9)}${'o'.repeat(60)}"`),
      ),
    );
  });
  await page.reload();
  await page.locator('body[data-ready]').waitFor();
  await showScreen(page, 'Review');
  const found: unknown[] = [];
  for (const key of ['Shift', 'e', 's', 'g', '/', 'Escape', 'f']) {
    await page.keyboard.press(key);
    await page.waitForLoadState('networkidle');
    const problems = await findTooWide(page);
    if ((await isCutOff(page)) || problems.length > 0) found.push([key, ...problems]);
    if (key !== '/') continue;
    const options = page.getByRole('option');
    await options.first().waitFor();
    const overlapping = await options.evaluateAll(
      (all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length,
    );
    if (overlapping > 0) found.push([key, overlapping]);
  }
  expect(found).toEqual([]);
  await page.context().close();
});

it('in forced colours bars, focus, selection and states can be seen', async () => {
  const page = await app.open({ forcedColors: 'active' });
  await showScreen(page, 'Review');
  const aside = page.getByRole('complementary');
  await aside.locator('.bar.negative').first().waitFor();
  for (const bar of ['.bar:not(.negative)', '.bar.negative'])
    expect(await canBeSeen(aside.locator(bar).first())).toBe(true);

  // Tiles are alike but for what is told of them, once their pictures are gone.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('[role=gridcell] :is(img, .rank, .caption) { visibility: hidden }');
    document.adoptedStyleSheets.push(sheet);
  });
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await expectDecided(page, 1);
  for (const key of ['Shift+ArrowRight', 'Control+ArrowRight', 'Control+ArrowRight']) await page.keyboard.press(key);
  const looks: string[] = [];
  for (const place of [0, 1, 2, 3, 4, 5]) {
    const box = (await page.locator(`[data-place="${place}"]`).boundingBox())!;
    const clip = { x: box.x - 4, y: box.y - 4, width: box.width + 8, height: box.height + 8 };
    looks.push((await page.screenshot({ clip })).toString('base64'));
  }
  const [kept, selected, , , focused, plain] = looks;
  expect(new Set([kept, selected, focused, plain]).size).toBe(4);
  await page.context().close();
});
