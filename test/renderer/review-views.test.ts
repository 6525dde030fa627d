// Grid, similar images, evidence in full, filter, history and own keys, on a core in memory.
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { AppState } from '../../src/renderer/state/app-state.ts';
import { AppError } from '../../src/shared/errors.ts';
import { FakeCore } from './fake-core.ts';
import { someImages } from './fake-images.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(closeApps);

async function openReview(
  core = new FakeCore({ images: someImages(30) }),
): Promise<{ core: FakeCore; state: AppState }> {
  const state = await renderApp(core);
  await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Review' }));
  await waitFor(() => expect(state.review.current?.imageId).toBe(1));
  return { core, state };
}

const press = (key: string, rest: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...rest });
const decided = (core: FakeCore) => core.params('reviews.decide') as { decisions: { imageId: number }[] }[];
const states = (core: FakeCore, ...imageIds: number[]) => imageIds.map((imageId) => core.rows[imageId - 1]!.state);

describe('the grid', () => {
  it('selects with arrows and Shift, decides with one key as one group, and one undo takes it back', async () => {
    const { core, state } = await openReview();
    await press('g');
    const grid = await screen.findByRole('grid', { name: 'Grid' });
    expect(grid.getAttribute('aria-multiselectable')).toBe('true');
    await press('ArrowRight');
    await press('ArrowRight', { shiftKey: true });
    await press('ArrowRight', { shiftKey: true });
    expect(within(grid).getAllByRole('gridcell', { selected: true })).toHaveLength(3);
    await press('x');
    await waitFor(() =>
      expect(states(core, 1, 2, 3, 4, 5)).toEqual(['open', 'excluded', 'excluded', 'excluded', 'open']),
    );
    expect(decided(core)).toHaveLength(1);
    expect(decided(core)[0]!.decisions.map((decision) => decision)).toMatchObject([
      { imageId: 2, rank: 2 },
      { imageId: 3, rank: 3 },
      { imageId: 4, rank: 4 },
    ]);
    expect(state.review.selection.focus).toBe(4);
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(states(core, 2, 3, 4)).toEqual(['open', 'open', 'open']));
    await press('Z', { ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(states(core, 2, 3, 4)).toEqual(['excluded', 'excluded', 'excluded']));
  });

  it('gives each its own suggestion on Enter, and selects all that are seen', async () => {
    const { core, state } = await openReview();
    await press('g');
    await screen.findByRole('grid');
    await press('a', { ctrlKey: true });
    const seen = state.review.selection.size;
    expect(seen).toBeGreaterThan(8);
    await press('Enter');
    await waitFor(() => expect(core.rows[0]!.state).toBe('relabelled'));
    expect(decided(core)[0]!.decisions).toHaveLength(seen);
    // Every third suggestion is the given label.
    expect(states(core, 1, 2, 3)).toEqual(['relabelled', 'relabelled', 'kept']);
  });

  it('takes all of a group back when it was not saved, and tries again', async () => {
    const { core, state } = await openReview();
    await press('g');
    await screen.findByRole('grid');
    core.failNext('reviews.decide', new AppError('no-space', 'The disk is full.'));
    await press('ArrowRight', { shiftKey: true });
    await press('k');
    await waitFor(() => expect(decided(core)).toHaveLength(1));
    await waitFor(() => expect(screen.queryAllByText('kept')).toHaveLength(0));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Not saved: 2 images. The disk is full.');
    // The ranks stay those of the ranking in which the images were seen.
    await state.review.start({ method: 'importance' });
    await fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(states(core, 1, 2)).toEqual(['kept', 'kept']));
    expect(decided(core)[1]).toMatchObject({ seen: { method: 'learned', rank: 1 } });
  });

  it('gives a group that is not all here its place among the keys, and the selection back where it cannot be had', async () => {
    const { core, state } = await openReview(new FakeCore({ images: someImages(450) }));
    const { queue, selection } = state.review;
    await press('g');
    await screen.findByRole('grid');
    core.failNext('queue.page', new AppError('unreadable', 'The project file cannot be read.'));
    selection.set([0, 449]);
    await press('x');
    await screen.findByText('The project file cannot be read.');
    expect(selection.chosen).toEqual([0, 449]);

    const release = core.hold('queue.page');
    selection.set([0, 1, 300]);
    await press('x');
    selection.goTo(1);
    await press('k');
    expect(queue.row(1)?.state).toBe('kept');
    release();
    await waitFor(() => expect(states(core, 1, 2, 301)).toEqual(['excluded', 'kept', 'excluded']));
    await waitFor(() => expect(state.review.saving.pending).toBe(0));
    expect([0, 1, 300].map((place) => queue.row(place)?.state)).toEqual(['excluded', 'kept', 'excluded']);
  });

  it('undoes a group that is not all here, and nothing else where that group came to nothing', async () => {
    const { core, state } = await openReview(new FakeCore({ images: someImages(2000) }));
    const { saving, selection } = state.review;
    for (const place of [900, 1500]) core.rows[place]!.secondClassId = null;
    await press('g');
    await screen.findByRole('grid');
    await press('k');
    const undoBehind = async (key: string, place: number) => {
      selection.set([place]);
      const release = core.hold('queue.page');
      await press(key);
      await press('z', { ctrlKey: true });
      release();
      await waitFor(() => expect(saving.pending).toBe(0));
    };
    await undoBehind('x', 300);
    expect(decided(core)).toHaveLength(2);
    expect(states(core, 1, 301)).toEqual(['kept', 'open']);

    await undoBehind('t', 900);
    const sentence = await screen.findByText('Nothing was decided: none of these images has such a suggestion.');
    expect(selection.chosen).toEqual([900]);
    expect(states(core, 1)).toEqual(['kept']);

    // Once it is said, an undo is meant for what was decided before.
    await fireEvent.click(within(sentence.parentElement!).getByRole('button'));
    selection.set([1500]);
    await press('t');
    await screen.findByText('Nothing was decided: none of these images has such a suggestion.');
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(states(core, 1)).toEqual(['open']));
  });

  it('tells the history of the tile in focus', async () => {
    await openReview();
    await press('g');
    await screen.findByRole('grid');
    await press('ArrowRight');
    await press('h');
    const dialog = await screen.findByRole('dialog', { name: 'History' });
    expect(within(dialog).getByText('train/picture-2.png')).toBeTruthy();
  });

  it('opens the tile in focus, and comes back to it', async () => {
    const { state } = await openReview();
    await press('g');
    await screen.findByRole('grid');
    await press('ArrowRight');
    await press('ArrowRight');
    await press('o');
    await waitFor(() => expect(state.review.current?.imageId).toBe(3));
    expect(screen.queryByRole('grid')).toBeNull();
    await press('g');
    await screen.findByRole('grid');
    expect(state.review.selection.focus).toBe(2);
  });
});

describe('similar images', () => {
  it('selects those with the same label and decides them with the image in hand', async () => {
    const { core, state } = await openReview();
    await press('s');
    const grid = await screen.findByRole('grid', { name: 'Similar images' });
    await waitFor(() => expect(within(grid).getAllByText(/suggested/).length).toBeGreaterThan(5));
    await press('a');
    await press('2');
    await waitFor(() => expect(core.rows[0]!.state).toBe('relabelled'));
    const ids = decided(core)[0]!.decisions.map(({ imageId }) => imageId);
    expect(ids[0]).toBe(1);
    expect(ids).toEqual(core.rows.filter(({ givenClassId }) => givenClassId === 1).map(({ imageId }) => imageId));
    // The image in hand was seen at its rank in the queue, the others beside it and at none.
    expect(core.params('reviews.decide')).toMatchObject([{ seen: { method: 'learned', rank: 1 } }]);
    expect(decided(core)[0]!.decisions.map((decision) => 'rank' in decision)).toEqual(ids.map((id) => id === 1));
    await within(grid).findAllByText(/^ship, .*relabelled plane$/);
    await press('Escape');
    await waitFor(() => expect(state.review.view).toBe('image'));
  });
});

describe('evidence in full', () => {
  it('shows both labels side by side, and opens an image of it to be decided, and back', async () => {
    const { core, state } = await openReview();
    await press('e');
    expect(await screen.findByRole('region', { name: 'What argues for plane' })).toBeTruthy();
    expect(await screen.findByRole('region', { name: 'What argues for ship' })).toBeTruthy();
    await press('c');
    await waitFor(() =>
      expect(
        core.params('images.evidence').filter((params) => (params as { order?: string }).order === 'cosine'),
      ).toHaveLength(2),
    );
    await press('ArrowRight');
    const point = document.activeElement as HTMLElement;
    const imageId = Number(point.dataset['point']);
    expect(imageId).toBeGreaterThan(1);
    await fireEvent.click(point);
    await waitFor(() => expect(state.review.current?.imageId).toBe(imageId));
    await press('k');
    await waitFor(() => expect(core.rows[imageId - 1]!.state).toBe('kept'));
    expect([state.review.view, state.review.current?.imageId]).toEqual(['evidence', 1]);
    const opened = screen.getAllByRole('button').find(({ dataset }) => dataset['point'] === String(imageId))!;
    await fireEvent.click(opened);
    // No tile of the queue says of a visited image what was decided of it.
    const path = await screen.findByTitle(`train/picture-${imageId}.png`);
    expect(within(path).getByText('kept')).toBeTruthy();
  });
});

describe('the filter', () => {
  it('counts what each choice would find, and makes the queue of it', async () => {
    const { core, state } = await openReview();
    await press('f');
    const dialog = await screen.findByRole('dialog', { name: /^Which images/ });
    await fireEvent.input(within(dialog).getByLabelText('Path contains'), { target: { value: 'picture-1' } });
    const use = await within(dialog).findByRole('button', { name: 'Show 11 images' });
    await fireEvent.click(use);
    await waitFor(() => expect(state.review.queue.total).toBe(11));
    expect(core.params('queue.page').at(-1)).toMatchObject({ query: { path: 'picture-1', states: ['open'] } });
    expect(await screen.findByRole('button', { name: /^Filter: 1 part/ })).toBeTruthy();
  });

  it('says of an empty queue that all is decided where that is so, not where the filter finds nothing', async () => {
    const core = new FakeCore({ images: someImages(2) });
    const { state } = await openReview(core);
    await press('g');
    await screen.findByRole('grid');
    await state.review.start({ ...state.review.queue.query, path: 'nowhere' });
    await screen.findByRole('heading', { name: 'No image here' });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('main')));
    await fireEvent.click(screen.getByRole('button', { name: 'Show all images' }));
    await screen.findAllByRole('gridcell', { name: /^Rank/ });
    for (const imageId of [1, 2]) {
      state.review.selection.goTo(imageId - 1);
      await press('k');
      await waitFor(() => expect(states(core, imageId)).toEqual(['kept']));
    }
    await state.review.start({ method: 'learned', states: ['open'] });
    await screen.findByRole('heading', { name: 'Every image has been decided' });
  });

  it('offers each order once with its sentence, by keyboard, and waits until the chosen one is made', async () => {
    const { core, state } = await openReview(new FakeCore({ images: someImages(30, 2), classes: ['ship', 'plane'] }));
    await press('f');
    const dialog = await screen.findByRole('dialog', { name: /^Which images/ });
    const choice = within(dialog).getByLabelText('Order: Learned');
    choice.focus();
    await fireEvent.keyDown(choice, { key: 'ArrowDown' });
    const options = await screen.findAllByRole('option');
    const names = options.map((option) => option.textContent);
    expect(names.filter((name) => name.includes('training loss'))).toHaveLength(1);
    // With two classes those are the order of importance.
    for (const same of ['Norm of alpha', 'Margin How'])
      expect(names.filter((name) => name.replace(/\s+/g, ' ').trim().startsWith(same))).toEqual([]);
    const neighbours = names.findIndex((name) => name.includes('most similar images'));
    for (let step = 0; step < neighbours; step++) await press('ArrowDown');
    await press('Enter');
    expect(
      await within(dialog).findByText('The share of the most similar images that have another label.'),
    ).toBeTruthy();
    await fireEvent.click(await within(dialog).findByRole('button', { name: /^Show 30 images/ }));
    await waitFor(() =>
      expect(core.params('jobs.start')).toEqual([{ kind: 'rank', params: { methods: ['neighbours'] } }]),
    );
    expect(state.review.queue.query.method).toBe('learned');
    core.changeJob({ id: 1, kind: 'rank', state: 'done', endedAt: Date.now() });
    await waitFor(() => expect(core.params('queue.page').at(-1)).toMatchObject({ query: { method: 'neighbours' } }));
    await waitFor(() => expect(state.review.queue.query.method).toBe('neighbours'));
  });

  it('keeps its order while decisions change what it would find, and says so', async () => {
    const { state } = await openReview();
    await press('g');
    await screen.findByRole('grid');
    await press('x');
    const refresh = await screen.findByRole('button', { name: 'Look again: 1 decided since' });
    expect(state.review.queue.total).toBe(30);
    await fireEvent.click(refresh);
    await waitFor(() => expect(state.review.queue.total).toBe(29));
  });
});

it('tells the history of an image, and takes a note', async () => {
  const { core, state } = await openReview();
  await press('Enter');
  await press('ArrowLeft');
  await waitFor(() => expect(state.review.current?.imageId).toBe(1));
  await waitFor(() => expect(core.rows[0]!.state).toBe('relabelled'));
  await press('h');
  const dialog = await screen.findByRole('dialog', { name: 'History' });
  expect(await within(dialog).findByText(/relabelled ship → plane/)).toBeTruthy();
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await press('n');
  const note = screen.getByRole('textbox', { name: 'Note' });
  expect(document.activeElement).toBe(note);
  await fireEvent.input(note, { target: { value: 'two ships' } });
  await press('Enter');
  await waitFor(() => expect(core.notes.get(1)).toBe('two ships'));
});

it.each([
  ['n', 'textbox', 'Note'],
  ['/', 'combobox', 'Find a class'],
  ['f', 'textbox', 'Path contains'],
])('leaves the keys of an input method to it, in the field after %s', async (key, role, name) => {
  const { core } = await openReview();
  await press(key);
  const field = await screen.findByRole(role, { name });
  field.focus();
  for (const part of ['Enter', 'Escape', 'k']) await press(part, { isComposing: true });
  expect(document.activeElement).toBe(field);
  await press('Escape');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('main')));
  expect(decided(core)).toEqual([]);
});

describe('own keys', () => {
  it('are given in Settings, printed on what they do, and a key that is taken is refused', async () => {
    const { core } = await openReview();
    await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Settings' }));
    await fireEvent.click(await screen.findByText('Change keys'));
    const row = (await screen.findByText('Keep the given label')).closest('li')!;
    const button = within(row).getByRole('button');
    await fireEvent.click(button);
    await fireEvent.keyDown(button, { key: 'x' });
    expect((await within(row).findByRole('alert')).textContent).toBe('X is taken: Exclude: no class, or broken');
    await fireEvent.click(button);
    await fireEvent.keyDown(button, { key: 'p' });
    await waitFor(() => expect(core.preferences.keys).toEqual({ keep: ['p'] }));
    await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Review' }));
    const keep = await screen.findByRole('button', { name: 'Keep' });
    expect(keep.textContent).toContain('P');
    expect(keep.getAttribute('aria-keyshortcuts')).toBe('P');
    (document.activeElement as HTMLElement).blur();
    await press('k');
    await press('p');
    await waitFor(() => expect(core.rows[0]!.state).toBe('kept'));
    expect(decided(core)).toHaveLength(1);
  });

  it('stay at the image after a decision where a person wants that', async () => {
    const { core, state } = await openReview();
    state.preferences.set({ doesAdvance: false });
    await press('x');
    await waitFor(() => expect(core.rows[0]!.state).toBe('excluded'));
    expect(state.review.current?.imageId).toBe(1);
  });
});
