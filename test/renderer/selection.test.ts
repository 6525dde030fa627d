import { beforeEach, expect, it } from 'vitest';
import { Selection } from '../../src/renderer/state/selection.svelte.ts';

let selection: Selection;
beforeEach(() => (selection = new Selection()));

it('is the tile in focus where nothing is selected', () => {
  selection.goTo(7);
  expect([selection.size, selection.chosen]).toEqual([0, [7]]);
});

it('extends from where it began, forwards and back over it', () => {
  selection.goTo(5);
  selection.moveTo(7, 'extend');
  expect(selection.chosen).toEqual([5, 6, 7]);
  selection.moveTo(3, 'extend');
  expect(selection.chosen).toEqual([3, 4, 5]);
  selection.moveTo(4, 'only');
  expect(selection.chosen).toEqual([4]);
  expect(selection.size).toBe(0);
});

it('keeps what is selected while moving with Ctrl, and takes in and out with Space', () => {
  selection.click(2, 'only');
  selection.moveTo(9, 'keep');
  expect(selection.chosen).toEqual([2]);
  selection.toggle(9);
  selection.click(4, 'keep');
  expect(selection.chosen).toEqual([2, 4, 9]);
  selection.click(9, 'keep');
  expect(selection.chosen).toEqual([2, 4]);
  selection.click(6, 'extend');
  expect(selection.chosen).toEqual([6, 7, 8, 9]);
});
