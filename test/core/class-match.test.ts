import { describe, expect, it } from 'vitest';
import { readClassMatch, setClassMatch } from '../../src/main/core/class-match.ts';
import { makeSmallProject, smallModel } from '../store/small-project.ts';

/** A project of the classes cat and dog with a model of so many classes, which its file may name. */
function makeProject(classes: number, classNames?: string[]) {
  const { store } = makeSmallProject();
  const description = { ...smallModel, head: { ...smallModel.head, classes }, ...(classNames ? { classNames } : {}) };
  const id = store.models.add('/models/other.onnx', 'e'.repeat(64), description);
  return { store, model: () => store.models.find(id)! };
}

describe('the classes of a model are those of the data set', () => {
  it.each<[string, string[] | undefined, number, (number | null)[], string]>([
    ['by name, in whatever order', ['dog', 'fish', 'cat'], 3, [2, 0], 'name'],
    ['however the names are written', ['A_Dog', 'CAT ', 'dog'], 3, [1, 2], 'name'],
    ['by one of several names', ['hound, Dog', 'cat, Felis catus'], 2, [1, 0], 'name'],
    ['but for a name that two of them have', ['cat', 'cat', 'dog'], 3, [null, 2], 'name'],
    ['or not at all', ['tench', 'goldfish'], 2, [null, null], 'name'],
    ['in order where there are no names and as many of both', undefined, 2, [0, 1], 'order'],
    ['or none where there are more', undefined, 1000, [null, null], 'name'],
  ])('%s', (_, names, classes, places, by) => {
    const { store, model } = makeProject(classes, names);
    expect(readClassMatch(store, model())).toEqual({ names: names ?? null, modelClasses: classes, places, by });
  });

  it('as a person says, until names are given anew', () => {
    const { store, model } = makeProject(3);
    expect(setClassMatch(store, model(), { places: [2, null] })).toMatchObject({ places: [2, null], by: 'person' });
    expect(setClassMatch(store, model(), {})).toMatchObject({ places: [2, null], by: 'person' });
    const named = setClassMatch(store, model(), { names: ['dog', 'cat', 'fish'] });
    expect(named).toEqual({ names: ['dog', 'cat', 'fish'], modelClasses: 3, places: [1, 0], by: 'name' });
  });

  it.each([
    [{ names: ['cat'] }, 'The model tells 3 classes apart, and 1 names were given.'],
    [{ places: [0] }, 'The data set has 2 classes, not 1.'],
    [{ places: [0, 3] }, 'counted from 0'],
    [{ places: [1, 1] }, 'cannot be the same class'],
  ])('and not as %j', (choice, sentence) => {
    const { store, model } = makeProject(3);
    expect(() => setClassMatch(store, model(), choice)).toThrow(sentence);
  });
});
