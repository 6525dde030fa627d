// The report of a project whose names are hostile: one file, everything escaped, nothing fetched, nothing that runs.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/main/core/report/collect.ts';
import { toPage } from '../../src/main/core/report/page.ts';
import type { StartJob } from '../../src/shared/core-contract.ts';
import { drawTwoColours, removeFolder, startRealCore, writeTinyModel, type RealCore } from './real-core.ts';

const names = { dusk: '<script>alert("dusk")</script>', grass: 'gras & "wiese"' };
const reviewer = '<img src=x onerror=alert(1)>';
let real: RealCore;
let reports: string;
beforeAll(async () => {
  real = startRealCore();
  const wrong = await drawTwoColours(real.folder);
  writeTinyModel(join(real.folder, 'tiny.onnx'));
  const paths = (readdirSync(join(real.folder, 'images'), { recursive: true }) as string[]).filter((path) =>
    path.endsWith('.png'),
  );
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = paths.map((path) => {
    const [split, folder] = path.split('/') as [string, keyof typeof names];
    return `${path},${split},${quoted(names[folder])}`;
  });
  writeFileSync(join(real.folder, 'labels.csv'), `path,split,label\n${lines.join('\n')}\n`);
  await real.client.call('projects.create', { folder: await real.place(real.folder), name: 'colours' });
  await real.client.call('app.setReviewer', { name: reviewer });
  const images = await real.place(join(real.folder, 'images'));
  const file = await real.place(join(real.folder, 'labels.csv'));
  const done = async (request: StartJob) => expect((await real.run(request)).error).toBeNull();
  await done({ kind: 'import', params: { images, labels: { format: 'csv', file } } });
  await real.client.call('models.set', { file: await real.place(join(real.folder, 'tiny.onnx')) });
  await done({ kind: 'extract', params: { provider: 'cpu' } });
  await done({ kind: 'fit', params: { lambda: 0.01 } });
  for (const path of wrong) {
    const { imageId } = await real.client.call('images.find', { path });
    const { givenClassId } = await real.client.call('images.card', { imageId });
    await real.client.call('reviews.decide', {
      decisions: [{ imageId, action: 'relabel', classId: 3 - givenClassId }],
      spentMs: 1500,
    });
  }
  await done({ kind: 'retrain', params: {} });
  await done({ kind: 'recovery', params: { steps: 2, orders: 1 } });
  reports = join(real.folder, 'reports');
  mkdirSync(reports);
  for (const format of ['html', 'json'] as const)
    await done({ kind: 'report', params: { format, folder: await real.place(reports), name: `report.${format}` } });
}, 60_000);
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

it('escapes all that came with the data, and needs nothing but itself', () => {
  const page = readFileSync(join(reports, 'report.html'), 'utf8');
  expect(page).not.toMatch(/<script/i);
  expect(page).not.toContain('<img src=x');
  expect(page).toContain('&lt;script&gt;alert(&quot;dusk&quot;)&lt;/script&gt;');
  expect(page).toContain('gras &amp; &quot;wiese&quot;');
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(page).toContain('default-src &#39;none&#39;');
  // The names of SVG's own vocabularies are no addresses that anything is fetched from.
  const fetching = /<[^>]*\s(?:[\w:]*href|src|srcset)\s*=\s*(?!["']?data:)|url\((?!\s*["']?#)/i;
  expect(fetching.exec(page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, ''))?.[0]).toBeUndefined();
  expect(page.match(/src="data:image\/png;base64,/g)).toHaveLength(4);
  expect(page.match(/<svg/g)).toHaveLength(8);
  expect(readdirSync(reports).sort()).toEqual(['report.html', 'report.json']);
});

it('tells the same numbers as the runs', async () => {
  const report = JSON.parse(readFileSync(join(reports, 'report.json'), 'utf8')) as Report;
  const { runs, curve, difference, pairedTest } = await real.client.call('runs.recovery', {});
  expect(report.runs).toEqual(runs);
  expect(report.recovery).toEqual(curve);
  expect(report).toMatchObject({ difference, pairedTest, isRecoveryOlder: false });
  const older = 'The curve is older than the newest decision or run.';
  expect(toPage(report)).not.toContain(older);
  expect(toPage({ ...report, isRecoveryOlder: true })).toContain(older);
  // Both curves beside a random order, and the bins of both runs.
  const page = toPage(report).replaceAll(/>\s+</g, '><');
  expect(page.includes('aria-label="Test accuracy over time spent, ')).toBe(true);
  const percent = (share: number) => (share * 100).toFixed(1);
  const [, middle] = report.recovery!.random!.points;
  expect(
    page.includes(`<span class="muted">${percent(middle!.correct[0]! / report.recovery!.classImages[0]!)}</span>`),
  ).toBe(true);
  for (const { reliability } of [report.beforeMeasures, report.afterMeasures])
    for (const { images, confidence } of reliability)
      expect(page.includes(`>${images}</td><td class="number">${percent(confidence)}\u202f%<`)).toBe(true);
  expect(report.afterMeasures).toEqual(await real.client.call('runs.measure', { runId: runs[1]!.id }));
  expect(report.decisions).toMatchObject({
    changedLabels: 4,
    secondsSpent: 6,
    byReviewer: [{ reviewer, decisions: 4, changes: 4, seconds: 6 }],
    pairs: [
      { from: names.dusk, to: names.grass, images: 2 },
      { from: names.grass, to: names.dusk, images: 2 },
    ],
  });
});

it('is never written over a file', async () => {
  const params = { format: 'html', folder: await real.place(reports), name: 'report.html' } as const;
  expect(await real.run({ kind: 'report', params })).toMatchObject({ state: 'failed' });
});
