// Texts: every language says everything, fills in the same places, and no text stands anywhere else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sentence, tell } from '../../src/shared/told.ts';
import type { Host } from '../../src/renderer/host/host.ts';
import { texts as english } from '../../src/renderer/languages/en.ts';
import {
  boldMark,
  chooseLanguage,
  languageNames,
  say,
  setLanguage,
  t,
  type Language,
} from '../../src/renderer/texts.svelte.ts';
import { FakeCore } from './fake-core.ts';
import { closeApps, renderApp } from './render-app.ts';

const renderer = join(import.meta.dirname, '../../src/renderer');
const languages = import.meta.glob<Language>('../../src/renderer/languages/*.ts', { eager: true });
const placesOf = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
const baseOf = (key: string): string => key.replace(/_(zero|one|two|few|many|other)$/, '');

afterEach(() => {
  closeApps();
  setLanguage('en');
});

describe.each(Object.entries(languages))('%s', (path, { texts }) => {
  const code = /([\w-]+)\.ts$/.exec(path)![1]!;

  it('has every text, and none that nobody asks for', () => {
    const wanted = new Set(Object.keys(english).map(baseOf));
    expect(new Set(Object.keys(texts).map(baseOf))).toEqual(wanted);
  });

  it('has the forms that its grammar needs', () => {
    const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
    const counted = Object.keys(english)
      .filter((key) => key.endsWith('_other'))
      .map(baseOf);
    const missing = counted.flatMap((key) => forms.filter((form) => texts[`${key}_${form}`] === undefined));
    expect(missing).toEqual([]);
  });

  it('fills in the same places, and closes what it sets in bold', () => {
    for (const [key, text] of Object.entries(texts)) {
      const source =
        (english as Record<string, string>)[key] ?? (english as Record<string, string>)[`${baseOf(key)}_other`]!;
      // "One number" may leave the number out.
      if (!key.endsWith('_one')) expect([key, placesOf(text)]).toEqual([key, placesOf(source)]);
      expect([key, text.split('**').length % 2]).toEqual([key, 1]);
      expect([key, text.trim()]).not.toEqual([key, '']);
    }
  });
});

describe('t', () => {
  it('writes numbers as numbers are written, and chooses the form', () => {
    expect(t('count.classes', { count: 1 })).toBe('1 class');
    expect(t('count.classes', { count: 9812 })).toBe('9\u202f812 classes');
    setLanguage('zh-CN');
    expect(t('count.classes', { count: 1 })).toBe('1 个类别');
  });

  it('takes what it is given as it is: stars, braces and markup are only letters', () => {
    const label = '**{{count}}** <b>$t(app.name)</b>';
    expect(t('verdict.keep-label', { label })).toBe(`Keep ${label}`);
    expect(t('verdict.keep-label', { label })).not.toContain(boldMark);
  });

  it('takes the first of the system’s languages that there is', () => {
    expect(chooseLanguage(['zh-CN', 'en-US'])).toBe('zh-CN');
    expect(chooseLanguage(['fr-FR', 'zh-SG', 'en'])).toBe('zh-CN');
    expect(chooseLanguage(['en-AU'])).toBe('en');
    expect(chooseLanguage(['fr'])).toBe('en');
  });
});

describe('what core says', () => {
  const note = [
    sentence('result.extract', { count: 300, provider: 'cpu', rate: 40 }),
    sentence('result.extract-problems', { count: 2 }),
  ].join(' ');
  const refused = tell('unsupported', 'cannot-run', {
    subject: sentence('subject.repaired', { model: 'a.onnx' }),
    why: sentence('because.runtime-says', { message: 'Unexpected input' }),
  }).message;

  it('is English as it comes, and the same in the page’s language', () => {
    for (const text of [note, refused]) expect(say(text)).toBe(text);
    setLanguage('zh-CN');
    expect(say(note)).toBe('已在 cpu 上提取 300 张图像的特征，每秒 40 张。有 2 张无法读取，见概览。');
    expect(say(refused)).toBe('无法运行 修复后的 a.onnx：ONNX Runtime 报告：Unexpected input。请重新导出。');
    expect(t('stage.fitting')).toBe('正在拟合分类头');
  });

  it('stays as it is where it is in no table', () => {
    setLanguage('zh-CN');
    expect(say('That picture is gone.')).toBe('That picture is gone.');
  });
});

it('changes the language of the whole page at once, and remembers it', async () => {
  const core = new FakeCore();
  const speak = vi.fn<NonNullable<Host['speak']>>(() => Promise.resolve());
  const { preferences } = await renderApp(core, { speak });
  await fireEvent.click(screen.getByRole('button', { name: 'Settings' }));
  preferences.set({ language: 'zh-CN' });
  expect(await screen.findByRole('heading', { name: '设置' })).toBeTruthy();
  expect(screen.getByRole('button', { name: '审核' })).toBeTruthy();
  expect(document.documentElement.lang).toBe('zh-CN');
  expect(speak).toHaveBeenCalledWith(expect.objectContaining({ 'desktop.folder': '选择文件夹', 'menu.edit': '编辑' }));
  await waitFor(() => expect(core.preferences.language).toBe('zh-CN'));
  expect(languageNames.map(({ name }) => name)).toEqual(expect.arrayContaining(['English', '简体中文']));
});

it('no component holds a text of its own', () => {
  const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svelte'));
  expect(files.length).toBeGreaterThan(30);
  const found = files.flatMap((file) => {
    const source = readFileSync(join(renderer, file), 'utf8');
    const markup = source.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<style[\s\S]*<\/style>/, '');
    const withoutCode = markup.replace(/<!--[\s\S]*?-->/g, '').replace(/\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/g, '');
    const between = [...withoutCode.replace(/=>/g, '').matchAll(/>([^<>]*\p{L}{2,}[^<>]*)</gu)].map(([, text]) =>
      text!.trim(),
    );
    const attributes = [
      ...withoutCode.matchAll(/\b(?:aria-label|title|alt|placeholder|label|hint|sentence)="([^"]*\p{L}[^"]*)"/gu),
    ];
    return [...between, ...attributes.map(([, text]) => text!)].map((text) => `${file}: ${text}`);
  });
  expect(found).toEqual([]);
});
