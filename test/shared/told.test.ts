// What core says: each sentence is known again by its template, and none is said past the table.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recognise } from '../../src/shared/recognise.ts';
import { sentence, tell, told } from '../../src/shared/told.ts';

const say = sentence as (key: string, places: Record<string, string | number>) => string;
const source = join(import.meta.dirname, '../../src');

describe('a sentence that was told', () => {
  /** Names as people give them: with what ends sentences, opens templates and stands in other sentences. */
  const names = ['Dr. No (2)/"x": y, z.png', '{{path}} $& **', 'cannot be read'];
  const isName = /^(path|file|folder|model|name|label|column|columns|reviewer|split|first|before|now)$/;
  const more: Record<string, string> = {
    why: sentence('problem.damaged'),
    where: sentence('where.made-up'),
    subject: sentence('subject.repaired', { model: 'a b.onnx' }),
    kind: 'fit',
    state: 'failed',
  };

  it.each(Object.entries<string>(told))('%s is known again, with its places', (form, template) => {
    const key = form.replace(/_(one|other)$/, '');
    // Where a name ends and a sentence begins can be told of plain names alone.
    for (const name of template.includes('{{why}}') ? ['a (2) b.png'] : names) {
      const places = Object.fromEntries(
        [...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, place]) => [
          place!,
          more[place!] ?? (isName.test(place!) ? name : '12'),
        ]),
      );
      if (form.endsWith('_one')) places['count'] = '1';
      const text = say(key, 'count' in places ? { ...places, count: Number(places['count']) } : places);
      expect(recognise(text)).toEqual([{ key, places }]);
    }
  });

  it('is known as one of several, and not where one of them is not in the table', () => {
    const note = [
      sentence('result.extract', { count: 300, provider: 'cpu', rate: 40 }),
      sentence('result.extract-problems', { count: 1 }),
    ].join(' ');
    expect(note).toBe('Features of 300 images on cpu, 40 a second. 1 could not be read; the overview lists it.');
    expect(recognise(note)).toEqual([
      { key: 'result.extract', places: { count: '300', provider: 'cpu', rate: '40' } },
      { key: 'result.extract-problems', places: { count: '1' } },
    ]);
    expect(recognise(`${note} The rest is up to you.`)).toBeUndefined();
  });

  it('holds what a library says, however long, and is not found in it', () => {
    const message = 'Node (conv1): "x" is y, and z of 3. It failed at a: b. '.repeat(1000).trimEnd();
    expect(recognise(message)).toBeUndefined();
    const why = sentence('because.runtime-says', { message });
    const refused = tell('unsupported', 'cannot-run', { subject: 'a.onnx', why });
    expect(recognise(refused.message)).toEqual([{ key: 'error.cannot-run', places: { subject: 'a.onnx', why } }]);
    expect(recognise(why)).toEqual([{ key: 'because.runtime-says', places: { message } }]);
  });

  it('stands in an error as it is, with its code', () => {
    const full = tell('no-space', 'disk-full', { path: '/data/{{path}}' });
    expect(full).toMatchObject({ code: 'no-space' });
    expect(full.message).toMatch(/^The disk that holds \/data\/\{\{path\}\} is full\./);
  });
});

describe('no sentence is said past the table', () => {
  /** Errors that are made of other sentences, and why. */
  const others: Record<string, string> = {
    'shared/errors.ts': 'errors as they come off the wire, and "Cancelled.", which is no failure and not shown',
    'shared/told.ts': 'where they are told',
    'shared/rpc.ts': 'a call that no page of ours makes',
    'shared/core-contract.ts': 'parameters that no page of ours sends',
    'main/electron/page-calls.ts': 'parameters that no page of ours sends',
    'main/electron/security.ts': 'an address that no page of ours opens',
    'main/server/index.ts': 'the port, before there is a screen',
    'main/core/decisions-file.ts': 'files of verdicts, which the command line alone reads',
    'main/core/truth-file.ts': 'several sentences of the table, one after another',
    'main/compute/shrink.ts': 'a sentence of the table, of a picture',
    'main/compute/decode-pool.ts': 'a sentence of the table, from another thread',
    'main/compute/representer/check-request.ts': 'requests that core does not make',
    'main/compute/representer/explain.ts': 'requests that core does not make',
    'main/compute/representer/nearest.ts': 'requests that core does not make',
    'renderer/state/queue.svelte.ts': 'a sentence of the page itself',
    'renderer/state/verdict.ts': 'a sentence of the page itself',
    'renderer/state/jobs.svelte.ts': 'a sentence that the page has said already',
    'renderer/host/desktop.ts': 'a sentence of the table, over a bridge that carries texts alone',
  };
  const files = globSync('{shared,main,preload,renderer}/**/*.{ts,svelte}', { cwd: source })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('main/cli/'));
  const holding = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(join(source, file), 'utf8')));

  it('by an error', () => {
    expect(holding(/new AppError\(/).sort()).toEqual(Object.keys(others).sort());
  });

  it('by the note of a job, the problem of a picture or a row, or what a model is refused for', () => {
    const written = /\b(note|notes|reason|problem)\b(: | = |\.push\(|\.add\()\[?['"`][^'"`]*[ .]/;
    expect(holding(written)).toEqual(['main/core/decisions-file.ts']);
  });
});
