import { symlink, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { readCsv, readCsvHeader, type CsvChoice } from '../../../src/main/core/formats/csv.ts';
import { collect, makeFolder } from './made-files.ts';

async function headerOf(text: string | Buffer, choice: CsvChoice = {}) {
  const file = join(await makeFolder(), 'labels.csv');
  await writeFile(file, text);
  return readCsvHeader(file, choice);
}

/** Reads a label file of pictures 1.jpg to 9.jpg; `in/` holds a few more. */
async function read(text: string | Buffer, choice: CsvChoice = {}) {
  const images = await makeFolder(...Array.from({ length: 9 }, (_, index) => `${index + 1}.jpg`), 'in/1.jpg');
  const file = join(await makeFolder(), 'labels.csv');
  await writeFile(file, text);
  return { images, ...(await collect(readCsv(file, images, choice))) };
}

const labelsOf = ({ files }: Awaited<ReturnType<typeof read>>) => files.map(({ path, label }) => [path, label]);

test.each([
  ['file,split,given_label,true_label', { path: 'file', label: 'given_label', split: 'split' }],
  ['id;Image Path;Class Name', { path: 'Image Path', label: 'Class Name', split: null }],
  ['filename\tcategory\tsubset', { path: 'filename', label: 'category', split: 'subset' }],
  ['image|target', { path: 'image', label: 'target', split: null }],
  ['"file, relative", "x"\n', null],
  [
    'file_path_abs,class_name,confidence,annotation_source',
    { path: 'file_path_abs', label: 'class_name', split: null },
  ],
])('the columns of %j are guessed', async (header, chosen) => {
  if (chosen) expect((await headerOf(`${header}\n`)).chosen).toEqual(chosen);
  else await expect(headerOf(header)).rejects.toMatchObject({ code: 'bad-request' });
});

test('columns that are named win over the guess', async () => {
  const { chosen } = await headerOf('file,where,label,truth,split\n', { pathColumn: 'where', labelColumn: 'truth' });
  expect(chosen).toEqual({ path: 'where', label: 'truth', split: 'split' });
});

test('a column that is not there, or cannot be guessed, is refused with the columns that are', async () => {
  await expect(headerOf('file,label\n', { labelColumn: 'klass' })).rejects.toMatchObject({
    code: 'bad-request',
    message: 'labels.csv has no column "klass". Its columns are: file, label.',
  });
  await expect(headerOf('a,b\n')).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringMatching(/the path of the image.*: a, b\. Choose one/),
  });
});

test('a delimiter in a quoted header cell does not count', async () => {
  const { columns, delimiter } = await headerOf('"file;;;;name",label\n', { pathColumn: 'file;;;;name' });
  expect({ columns, delimiter }).toEqual({ columns: ['file;;;;name', 'label'], delimiter: ',' });
});

test('byte order mark, CRLF, space around cells and quoted line breaks are understood; names stay strings', async () => {
  const answer = await read(
    '\ufeffpath, label, note\r\n1.jpg, NA ,"a\nb"\r\n2.jpg,01,\r\n\r\n3.jpg,null,x\r\n4.jpg,1e5,x',
  );
  expect(answer.problems).toEqual([]);
  expect(labelsOf(answer)).toEqual([
    ['1.jpg', 'NA'],
    ['2.jpg', '01'],
    ['3.jpg', 'null'],
    ['4.jpg', '1e5'],
  ]);
  expect(answer.files.map(({ record }) => record)).toEqual([1, 2, 3, 4]);
});

test('a row that cannot be used names its line, and the rest goes on', async () => {
  const { files, problems } = await read(
    ['path,label', '1.jpg,cat', ',cat', '2.jpg,', '3.jpg,cat,dog', '4.jpg', 'gone.jpg,cat', '5.jpg,dog'].join('\n'),
  );
  expect(files.map(({ path, record }) => [path, record])).toEqual([
    ['1.jpg', 1],
    ['5.jpg', 7],
  ]);
  expect(problems).toEqual([
    { path: 'labels.csv', reason: 'Line 3 has no path.' },
    { path: '2.jpg', reason: 'Line 4 has no label.' },
    { path: '3.jpg', reason: expect.stringMatching(/^Line 5 has 3 cells where the header has 2/) },
    { path: '4.jpg', reason: expect.stringMatching(/^Line 6 has 1 cells/) },
    { path: 'gone.jpg', reason: 'Line 7: this path is not in the images folder.' },
  ]);
});

test('the first of two rows for one image counts', async () => {
  const { files, problems } = await read('path,label\n1.jpg,cat\n./1.jpg,cat\nin/../1.jpg,dog\n2.jpg,dog\n');
  expect(files.map(({ path, label }) => [path, label])).toEqual([
    ['1.jpg', 'cat'],
    ['2.jpg', 'dog'],
  ]);
  expect(problems.map(({ reason }) => reason)).toEqual([
    'Line 3 repeats line 2; the image is counted once.',
    'Line 4 says dog where line 2 says cat; line 2 counts.',
  ]);
});

test('paths may not lead out of the images folder; backslashes and absolute paths into it are understood', async () => {
  const images = await makeFolder('in/1.jpg', '2.jpg');
  const elsewhere = await makeFolder('3.jpg');
  const link = join(elsewhere, 'link');
  await symlink(images, link);
  const file = join(elsewhere, 'labels.csv');
  const rows = [
    'in\\1.jpg',
    join(images, '2.jpg'),
    '../3.jpg',
    join(elsewhere, '3.jpg'),
    'C:\\in\\1.jpg',
    '/etc/passwd',
  ];
  await writeFile(file, ['path,label', ...rows.map((row) => `${row},cat`)].join('\n'));
  for (const folder of [images, link]) {
    const { files, problems } = await collect(readCsv(file, folder, {}));
    expect(files.map(({ path }) => path)).toEqual(['in/1.jpg', '2.jpg']);
    expect(problems.map(({ path, reason }) => [path, reason])).toEqual(
      rows.slice(2).map((row, index) => [row, `Line ${index + 4}: this path leads out of the images folder.`]),
    );
  }
});

test('a name is found in whichever Unicode form the disk has it', async () => {
  const images = await makeFolder('cafe\u0301/e\u0301.jpg', 'caf\u00e9 2/\u00e9.jpg');
  const file = join(images, 'labels.csv');
  await writeFile(file, 'path,label\ncaf\u00e9/\u00e9.jpg,a\ncafe\u0301 2/e\u0301.jpg,b\ncaf\u00e9/\u00e8.jpg,c\n');
  const { files, problems } = await collect(readCsv(file, images, {}));
  expect(files.map(({ path }) => path)).toEqual(['cafe\u0301/e\u0301.jpg', 'caf\u00e9 2/\u00e9.jpg']);
  expect(problems.length).toBe(1);
});

test('splits are read in their usual names; an unknown one is a problem', async () => {
  const { files, problems } = await read(
    'path,label,split\n1.jpg,a,Train\n2.jpg,a,test\n3.jpg,a,val\n4.jpg,a,\n5.jpg,a,ignored\n6.jpg,a,fold3\n',
  );
  expect(files.map(({ split }) => split)).toEqual(['train', 'test', 'ignored', null, 'ignored']);
  expect(problems).toEqual([{ path: '6.jpg', reason: expect.stringMatching(/^Line 7 .*"fold3"/) }]);
});

test('validation rows measure where no row is a test, and are ignored where one comes later', async () => {
  const splits = async (text: string) => (await read(`path,label,split\n${text}`)).files.map(({ split }) => split);
  expect(await splits('1.jpg,a,valid\n2.jpg,a,train\n')).toEqual(['test', 'train']);
  expect(await splits('1.jpg,a,valid\n2.jpg,a,train\n3.jpg,a,test\n')).toEqual(['ignored', 'train', 'test']);
});

test('quotes in odd places are characters, and one that never closes ends the reading with a sentence', async () => {
  const { files, problems } = await read(
    'path,label\n1.jpg,12" disc\n2.jpg,"the ""big"" one"\n3.jpg,"open\n4.jpg,cat\n',
  );
  expect(files.map(({ label }) => label)).toEqual(['12" disc', 'the "big" one']);
  expect(problems).toEqual([{ path: 'labels.csv', reason: expect.stringMatching(/^Line 4: a quote opens/) }]);
});

test.each([
  ['UTF-16', Buffer.from('\ufeffpath,label\n1.jpg,cat\n', 'utf16le')],
  ['UTF-16 without a mark', Buffer.from('path,label\n1.jpg,cat\n', 'utf16le')],
  ['Windows-1252', Buffer.from('path,label\n1.jpg,caf\u00e9\n', 'latin1')],
  ['Windows-1252 far down', Buffer.from(`path,label\n${'1.jpg,cat\n'.repeat(20_000)}2.jpg,caf\u00e9\n`, 'latin1')],
])('%s is refused with what to do', async (_, bytes) => {
  await expect(read(bytes)).rejects.toMatchObject({
    code: 'unreadable',
    message: 'labels.csv is not UTF-8 text. Save it as "CSV UTF-8" and try again.',
  });
});

test('a file that is empty or not there is a sentence', async () => {
  await expect(headerOf('')).rejects.toMatchObject({ code: 'unreadable', message: expect.stringContaining('empty') });
  const gone = join(await makeFolder(), 'gone.csv');
  await expect(readCsvHeader(gone, {})).rejects.toMatchObject({ code: 'unreadable' });
});

test('two hundred thousand rows are streamed, with nothing lost at the seams', async () => {
  const images = await makeFolder('1.jpg');
  const file = join(images, 'labels.csv');
  const rows = 200_000;
  await pipeline(function* () {
    yield 'path,label,note\n';
    for (let row = 1; row <= rows; row++) yield `1.jpg,class ${row % 7},"row ${row}\nof many"\n`;
  }, createWriteStream(file));
  let files = 0;
  let lineSum = 0;
  for await (const entry of readCsv(file, images, {})) {
    if ('reason' in entry) lineSum += Number(/^Line (\d+) /.exec(entry.reason)![1]);
    else files += 1;
  }
  // Record r ends on line 2 r + 1; all but the first repeat it.
  expect(files).toBe(1);
  expect(lineSum).toBe(rows * (rows + 1) + rows - 3);
});
