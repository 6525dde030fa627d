// The real runtime, where it is: the same start, port, page, refusal and end as the stand-in shows.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findElectron } from '../../build/electron-runtime.ts';
import { hasDisplay } from '../../build/loopback.ts';
import type { DesktopHost } from '../../src/shared/desktop-host.ts';

const executablePath = findElectron();
const absentBecause = executablePath ? (hasDisplay() ? undefined : 'no display') : 'Electron runtime absent';
if (absentBecause) console.log(`${absentBecause}: the desktop smoke test is skipped`);

it.runIf(process.env.REQUIRE_ELECTRON === '1')('the desktop smoke test was asked for and can run', () => {
  expect(absentBecause).toBeUndefined();
});

describe.skipIf(absentBecause)(`the app in Electron${absentBecause ? ` (skipped: ${absentBecause})` : ''}`, () => {
  let home: string;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'second-look-smoke-'));
    app = await _electron.launch({
      executablePath: executablePath!,
      args: [join(import.meta.dirname, '../..')],
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, APPDATA: home },
    });
    page = await app.firstWindow();
    await page.locator('body[data-ready]').waitFor();
  });

  afterAll(async () => {
    await app.close();
    await rm(home, { recursive: true });
  });

  it('shows the page from its own scheme, sandboxed', async () => {
    expect(page.url()).toMatch(/^app:\/\/second-look\//);
    expect(await page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
  });

  it('draws the sample, fits it, and shows its pictures', async () => {
    await page
      .getByRole('button', { name: /sample project/i })
      .first()
      .click();
    const picture = page.locator('img[src^="media://image/"]').first();
    await picture.waitFor({ timeout: 120_000 });
    await expect
      .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth), { timeout: 10_000 })
      .toBeGreaterThan(0);
  });

  it('stays where it is', async () => {
    const before = page.url();
    await page.evaluate(() => window.open('https://example.com/'));
    await page.evaluate(() => location.assign('https://example.com/')).catch(() => undefined);
    expect(app.windows()).toHaveLength(1);
    expect(page.url()).toBe(before);
  });

  it('refuses to open what is not listed', async () => {
    const outcome = page.evaluate(() =>
      (window as unknown as { host: DesktopHost }).host.openExternal('file:///etc/passwd'),
    );
    await expect(outcome).rejects.toThrow('does not open');
  });
});
