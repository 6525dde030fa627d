import { expect, test } from 'vitest';
import { writePathLabel } from '../../../src/main/core/formats/path-label.ts';

test('rows are written in order, quoted where they must be, excluded ones with an empty label', () => {
  const rows = [
    { path: 'train/NA/1.jpg', label: 'NA', split: 'train' },
    { path: 'a, "b"/2.jpg', label: 'a, "b"', split: 'test' },
    { path: '3.jpg', label: null, split: 'train' },
  ];
  expect([...writePathLabel(rows)].join('')).toBe(
    'path,label,split\ntrain/NA/1.jpg,NA,train\n"a, ""b""/2.jpg","a, ""b""",test\n3.jpg,,train\n',
  );
});

test('many rows come in pieces, all of them once', () => {
  const rows = Array.from({ length: 2500 }, (_, index) => ({ path: `${index}.jpg`, label: 'cat', split: 'train' }));
  const pieces = [...writePathLabel(rows)];
  expect(pieces.length).toBeGreaterThan(1);
  const lines = pieces.join('').split('\n');
  expect(lines.length).toBe(2502);
  expect(lines[2500]).toBe('2499.jpg,cat,train');
});
