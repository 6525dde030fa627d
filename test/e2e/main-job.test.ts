// The whole main job by keyboard alone, in a real browser on the built app, and nothing leaves the machine meanwhile.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from './app.ts';
import { launchChromium } from './chromium.ts';
import { button, currentPath, expectDecided, makeSample, press, reach, showScreen } from './steps.ts';

let browser: Browser;
let app: App;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
  app = await startApp(browser);
  page = await app.open();
});
afterAll(async () => {
  await app.close();
  await browser.close();
});

/** The classes in order of their digit. */
const sampleClasses = ['apple', 'avocado', 'orange', 'peach', 'pear', 'tomato'];

/** Path to label, from a label file of the sample. */
function readSample(file: string): Map<string, string> {
  const text = readFileSync(join(app.home, 'app', 'samples', 'Sample', file), 'utf8');
  const [header, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const label = header!.indexOf('label');
  return new Map(lines.map((cells) => [cells[0]!, cells[label]!]));
}

describe('the main job by keyboard', () => {
  it('makes the sample project and shows what is in it', async () => {
    await makeSample(page);
    const main = page.getByRole('main');
    await expect.poll(() => main.innerText()).toMatch(/train/);
    expect(await main.innerText()).toMatch(/within\s+±[\d.·⁻⁰-⁹]+:\s+[\d.]+\s%\s+of\s+a\s+typical\s+logit/);
  });

  it('shows evidence that adds up to the logit, in the digits on the screen', async () => {
    await page.keyboard.press('Enter');
    await page.getByRole('main', { name: 'Review' }).waitFor();
    const table = page.getByRole('complementary').getByRole('table').first();
    await table.getByText(/the other \d/).waitFor();
    const shown = await table
      .getByRole('row')
      .evaluateAll((rows) => rows.slice(1).map((row) => row.lastChild!.textContent!));
    const decimals = shown[0]!.split('.')[1]!.length;
    const inLastDigits = shown.map((text) => Math.round(Number(text.replace('−', '-')) * 10 ** decimals));
    const logit = inLastDigits.pop();
    expect(inLastDigits.length).toBeGreaterThan(6);
    expect(inLastDigits.reduce((sum, value) => sum + value, 0)).toBe(logit);
    expect(logit).not.toBe(0);
  });

  /** Paths in the order reviewed. */
  const decided: string[] = [];
  let truth: Map<string, string>;

  /** What a reviewer who knows the truth does: the digit of the image's true class. */
  async function decideByTruth(): Promise<void> {
    const path = await currentPath(page);
    expect(decided).not.toContain(path);
    decided.push(path);
    await page.keyboard.press(String(1 + sampleClasses.indexOf(truth.get(path)!)));
    await expectDecided(page, decided.length);
  }

  it('reviews 30 images, each decision saved before the count moves on', async () => {
    truth = readSample('truth.csv');
    await page
      .getByText(/the other \d/)
      .first()
      .waitFor();
    while (decided.length < 30) await decideByTruth();
  });

  it('undoes one, shows that image again, and decides it anew', async () => {
    await page.keyboard.press('Control+z');
    await expectDecided(page, 29);
    await expect.poll(() => currentPath(page)).toBe(decided.at(-1));
    decided.pop();
    await decideByTruth();
  });

  it('retrains, and the test accuracy rises', async () => {
    // Thirty images are few; a fifth of the train images holds most of the planted errors.
    while (decided.length < 240) await decideByTruth();
    await showScreen(page, 'Runs');
    await page.keyboard.press('r');
    const figure = page.getByText(/\d+\.\d\s*% → \d+\.\d\s*%/).first();
    await figure.waitFor({ timeout: 60_000 });
    const [before, after] = (await figure.innerText()).match(/\d+\.\d/g)!.map(Number);
    expect(after).toBeGreaterThan(before!);
    await page.getByRole('table').first().waitFor();
  });

  it('draws what that bought beside a random order, over time and of a class too', async () => {
    const card = page.getByRole('region', { name: 'Recovery' });
    await press(page, card.getByRole('button', { name: 'Draw from the log' }));
    const random = card.locator('svg').getByText('same images, random order');
    await random.waitFor({ timeout: 60_000 });
    const choose = async (label: RegExp, option: string | RegExp) => {
      await press(page, card.getByRole('combobox', { name: label }));
      await page.getByRole('option', { name: option }).last().click();
    };
    await choose(/^Over/, 'time spent');
    await card.locator('svg').getByText('minutes of deciding').waitFor();
    const curve = () => card.locator('svg path').evaluateAll((paths) => paths.map((path) => path.getAttribute('d')));
    const ofAll = await curve();
    await choose(/^Of/, /./);
    await expect.poll(curve).not.toEqual(ofAll);
    await random.waitFor();
  });

  it('exports a file that differs from the imported one in exactly the changed labels', async () => {
    await showScreen(page, 'Export');
    await press(page, button(page, 'Choose folder'));
    const dialog = page.getByRole('dialog');
    await press(page, dialog.getByRole('button', { name: app.home, exact: true }));
    await press(page, dialog.getByRole('button', { name: 'Choose this folder' }));
    await press(page, button(page, 'Export CSV'));
    await page
      .getByText(/changed labels written/)
      .first()
      .waitFor();

    const source = readFileSync(join(app.home, 'app', 'samples', 'Sample', 'labels.csv'), 'utf8').split('\n');
    const exported = readFileSync(join(app.home, 'Sample-corrected.csv'), 'utf8').split('\n');
    expect(exported).toHaveLength(source.length);
    const given = readSample('labels.csv');
    const expected = decided.filter((path) => given.get(path) !== truth.get(path));
    expect(expected.length).toBeGreaterThan(30);
    const changed = source.flatMap((line, index) =>
      exported[index] === line ? [] : [[line, exported[index]!] as const],
    );
    expect(changed.map(([before]) => before.split(',')[0]).sort()).toEqual([...expected].sort());
    for (const [before, after] of changed) {
      const [path, split] = before.split(',');
      expect(after).toBe([path, split, truth.get(path!)].join(','));
    }
  });

  it('refuses a broken model with a sentence on the screen, and keeps its own', async () => {
    writeFileSync(
      join(app.home, 'broken.onnx'),
      readFileSync(join(app.home, 'app/samples/Sample/model.onnx')).subarray(0, 5000),
    );
    await showScreen(page, 'Overview');
    const shown = page.getByRole('main').getByText('model.onnx', { exact: true });
    await shown.waitFor();
    await press(page, button(page, 'Change…'));
    const screen = page.getByRole('main', { name: 'Model' });
    await press(page, screen.getByRole('button', { name: 'Choose model' }));
    const dialog = page.getByRole('dialog');
    await press(page, dialog.getByRole('button', { name: app.home, exact: true }));
    await press(page, dialog.getByRole('button', { name: 'broken.onnx' }));
    const alert = screen.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toBe(
      'broken.onnx is not an ONNX model, or it is cut short or damaged. Export it again.',
    );
    expect(await button(page, 'Use this model').isDisabled()).toBe(true);
    await press(page, button(page, 'Cancel'));
    await shown.waitFor();
  });

  it('goes through every view and dialog of Review by keys, and each says in words what happens', async () => {
    const keys = async (...names: string[]) => {
      for (const name of names) await page.keyboard.press(name);
    };
    const hears = (words: RegExp) =>
      expect.poll(async () => (await page.getByRole('status').allTextContents()).join(' | ')).toMatch(words);
    const hasFocus = (selector: string) =>
      expect.poll(() => page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)).toBe(true);
    const dialog = page.getByRole('dialog');
    const note = page.getByRole('textbox', { name: 'Note' });

    await showScreen(page, 'Review');
    await page
      .getByText(/the other \d/)
      .first()
      .waitFor();
    const tree = await page.locator('body').ariaSnapshot();
    for (const part of [
      /navigation "Screens"/,
      /main "Review"/,
      /heading "Review" \[level=1\]/,
      /list "Queue"/,
      /button "Rank \d+, \w+(, suggested \w+)?"/,
      /img "\w+, train\/\w+\/\d+\.jpg"/,
      /complementary "This image"/,
      /button "(Relabel|Keep) \w+"/,
      /combobox "Find a class"/,
      /row ".*logit.*[+−]\d/,
      /progressbar "Decided"/,
    ])
      expect(tree).toMatch(part);
    await hears(/Rank \d+, \w+/);

    await keys('e');
    await page.locator('[data-point]').first().waitFor();
    await keys('ArrowRight');
    await hasFocus('[data-point]');
    const opened = await page.evaluate(() => document.activeElement?.getAttribute('data-point'));
    await keys('Enter');
    await page.locator('.stage img').waitFor();
    await keys('u');
    await hears(/Saved: \w+ unsure/);
    await hasFocus(`[data-point="${opened}"]`);
    await keys('Escape', 's', 'a', 'u');
    await hears(/Saved: .*unsure|Saved: \d+ images/);
    await keys('Control+z');
    await hears(/Undone/);

    await keys('Escape', 'g');
    await page.getByRole('grid', { name: 'Grid' }).waitFor();
    await keys('ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight');
    expect(await page.getByRole('gridcell', { selected: true }).count()).toBe(3);
    await keys('x');
    await hears(/Saved: 3 images/);
    await keys('Control+z');
    await hears(/Undone/);
    await keys('h');
    await dialog.getByText(/undone/).waitFor();
    await keys('Escape', 'g');

    await page.locator('.stage img').waitFor();
    await keys('/');
    await page.keyboard.type('peach');
    await page.getByRole('option', { name: /peach/ }).waitFor();
    await keys('Enter');
    await hears(/Saved: .*peach/);
    await expect.poll(() => note.isEnabled()).toBe(true);
    await keys('n');
    await page.keyboard.type('two in one');
    await keys('Enter', 'h');
    await dialog.getByText('noted: two in one').waitFor();
    await keys('Escape', 'z', '+', '+', '+', '+', '+', '+', 'Control+ArrowDown');
    await expect.poll(() => page.locator('.stage').evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0);
    const zoom = await page.locator('.caption .zoom').innerText();
    await keys('ArrowRight');
    expect(await page.locator('.caption .zoom').innerText()).toBe(zoom);

    await keys('f');
    await reach(page, dialog.getByLabel('Path contains'));
    await page.keyboard.type('pear');
    await dialog.getByRole('button', { name: /^Show \d+ images/ }).waitFor();
    await keys('Enter');
    await button(page, /Filter: 1 part/).waitFor();
    await keys('?');
    await dialog.getByText('Evidence in full', { exact: true }).waitFor();
    await keys('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('asked for nothing beyond this machine, and broke no rule of the content security policy', () => {
    const hosts = new Set(app.requests.map((url) => new URL(url).hostname));
    expect([...hosts]).toEqual(['127.0.0.1']);
    expect(app.requests.length).toBeGreaterThan(50);
    expect(app.connections().filter((line) => line !== '' && !/(127\.0\.0\.1|localhost|::1)$/.test(line))).toEqual([]);
    expect(app.pageProblems).toEqual([]);
  });
});

describe('the recorder of connections', () => {
  it('barks', async () => {
    const { spawnSync } = await import('node:child_process');
    const file = join(app.home, 'bark.txt');
    writeFileSync(file, '');
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        "import net from 'node:net'; net.connect({ host: '192.0.2.1', port: 9 }).on('error', () => {}).destroy(); import dns from 'node:dns'; dns.lookup('example.invalid', () => {})",
      ],
      {
        env: {
          ...process.env,
          SECOND_LOOK_CONNECTIONS: file,
          NODE_OPTIONS: `--import=${new URL('./record-connections.mjs', import.meta.url).href}`,
        },
      },
    );
    expect(readFileSync(file, 'utf8')).toMatch(/connect 192\.0\.2\.1/);
    expect(readFileSync(file, 'utf8')).toMatch(/resolve example\.invalid/);
  });
});
