import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { writeCsv } from '../../../src/main/core/formats/csv.ts';

/** Feeds the text in pieces of `pieceBytes`, so that seams fall everywhere. */
async function write(text: string, column: string, changes: Record<number, string>, pieceBytes = 7): Promise<string> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  const written: Buffer[] = [];
  const byRecord = new Map(Object.entries(changes).map(([record, label]) => [Number(record), label]));
  for await (const piece of writeCsv(pieces, column, byRecord)) written.push(piece);
  return Buffer.concat(written).toString();
}

const odd = [
  '\ufeffid;"file";label;note\r\n',
  '1;a.jpg;cat;"two\r\nlines; one "" quote"\r\n',
  '\r\n',
  '2;"b.jpg";"dog";\n',
  '3; c.jpg ; cat ;é = 12" \r\n',
  '4;d.jpg;;=1+1\r\n',
  '5;e.jpg;dog;last',
];

test('with nothing changed the file is the same', async () => {
  for (const pieceBytes of [1, 2, 3, 64, 100_000])
    expect(await write(odd.join(''), 'label', {}, pieceBytes)).toBe(odd.join(''));
});

test('only changed cells differ; quotes, delimiter, mark, empty lines and line breaks stay', async () => {
  const expected = [...odd];
  expected[1] = '1;a.jpg;bird;"two\r\nlines; one "" quote"\r\n';
  expected[3] = '2;"b.jpg";"bird";\n';
  expected[4] = '3; c.jpg ;bird;é = 12" \r\n';
  expected[6] = '5;e.jpg;bird;last';
  for (const pieceBytes of [1, 2, 3, 64, 100_000])
    expect(await write(odd.join(''), 'label', { 1: 'bird', 2: 'bird', 3: 'bird', 5: 'bird' }, pieceBytes)).toBe(
      expected.join(''),
    );
});

test('the first and the last column can be the label', async () => {
  expect(await write('label,path\ncat,1.jpg\n\n\ndog,2.jpg\n', 'label', { 2: 'cat' })).toBe(
    'label,path\ncat,1.jpg\n\n\ncat,2.jpg\n',
  );
  expect(await write('path,label\n1.jpg,cat\n2.jpg,dog', 'label', { 2: 'cat' })).toBe(
    'path,label\n1.jpg,cat\n2.jpg,cat',
  );
});

test.each(['a,b', 'say "x"', 'two\nlines', 'a\rb', '', 'é', 'NA'])(
  'the label %j reads back as it is',
  async (label) => {
    for (const old of ['cat', '"cat"']) {
      const text = await write(`path,label,note\n1.jpg,${old},x\n2.jpg,dog,y\n`, 'label', { 1: label });
      expect(parse(text)).toEqual([
        ['path', 'label', 'note'],
        ['1.jpg', label, 'x'],
        ['2.jpg', 'dog', 'y'],
      ]);
    }
  },
);

test('rows with problems are copied as they are, also those behind a quote that never closes', async () => {
  const text = `path,label\n1.jpg,cat\n2.jpg\n3.jpg,cat,dog\n4.jpg,cat\n5.jpg,"open\n${'6.jpg,cat\n'.repeat(200_000)}`;
  const expected = text.replace('4.jpg,cat', '4.jpg,dog');
  expect((await write(text, 'label', { 4: 'dog' }, 50_000)) === expected).toBe(true);
});

test('of two hundred thousand rows exactly the chosen ones change', async () => {
  const rows = Array.from({ length: 200_000 }, (_, index) => `train/${index + 1}.jpg,cat,train`);
  const text = ['file,label,split', ...rows].join('\n');
  const changes: Record<number, string> = {};
  for (let record = 13; record <= rows.length; record += 997) changes[record] = 'dog';
  const written = (await write(text, 'label', changes, 1 << 20)).split('\n');
  const different = rows.flatMap((row, index) => (written[index + 1] === row ? [] : [[index + 1, written[index + 1]]]));
  expect(written.length).toBe(rows.length + 1);
  expect(different).toEqual(Object.keys(changes).map((record) => [Number(record), `train/${record}.jpg,dog,train`]));
});
