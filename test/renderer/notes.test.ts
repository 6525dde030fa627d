// Notes on a core in memory: for which image, behind what, and what becomes of those that could not be saved.
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { AppState } from '../../src/renderer/state/app-state.ts';
import { AppError } from '../../src/shared/errors.ts';
import { FakeCore } from './fake-core.ts';
import { someImages } from './fake-images.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(closeApps);

async function openReview(core = new FakeCore({ images: someImages(30) })) {
  const state = await renderApp(core);
  await show('Review');
  await waitFor(() => expect(state.review.neighbours.card(1)).toBeTruthy());
  return { core, state };
}

const show = (name: string) => fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name }));
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Note' });
const band = () => screen.findByRole('alert');
const asksToStay = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
const full = () => new AppError('no-space', 'The disk is full. Make room, then try again.');

/** Goes to a place and types a note at once; returns its field. */
async function writeAt({ review }: AppState, place: number, text: string) {
  review.goTo(place);
  await press('n');
  expect(document.activeElement).toBe(field());
  await fireEvent.input(field(), { target: { value: text } });
  return field();
}

/** Writes a note that core refuses to save, and goes on before it is refused. */
async function writeInVain({ core, state }: Awaited<ReturnType<typeof openReview>>, place: number, text: string) {
  const asked = core.params('images.setNote').length;
  core.failNext('images.setNote', full());
  await writeAt(state, place, text);
  state.review.goTo(place + 3);
  await waitFor(() => expect(core.params('images.setNote')).toHaveLength(asked + 1));
  await waitFor(() => expect(state.review.saving.pending).toBe(0));
}

it('saves a note for the image it was written of, whatever takes the field away', async () => {
  const { core, state } = await openReview();
  const write = async (text: string) => {
    await press('n');
    const note = screen.getByRole<HTMLInputElement>('textbox', { name: 'Note' });
    await fireEvent.input(note, { target: { value: text } });
    // Chromium says that a field has lost the focus when it is removed.
    const removal = new MutationObserver(() => {
      if (note.isConnected) return;
      removal.disconnect();
      note.dispatchEvent(new FocusEvent('blur'));
    });
    removal.observe(document.body, { childList: true, subtree: true });
  };
  await write('of the first');
  await fireEvent.click(screen.getByRole('button', { name: /^Relabel plane/ }));
  await waitFor(() => expect(core.notes.get(1)).toBe('of the first'));
  await screen.findByRole('button', { name: /^Relabel truck/ });
  await write('of the second');
  state.review.goTo(7);
  await waitFor(() => expect(core.notes.get(2)).toBe('of the second'));
  await write('of the eighth');
  await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Overview' }));
  await waitFor(() => expect(Object.fromEntries(core.notes)).toMatchObject({ 8: 'of the eighth' }));
  expect([...core.notes.keys()]).toEqual([1, 2, 8]);
  expect(core.params('images.setNote')).toHaveLength(3);
});

it('takes a note before it knows what the image has already, and puts it behind that', async () => {
  const { core, state } = await openReview();
  await waitFor(() => expect(state.review.neighbours.card(1)).toBeTruthy());
  core.notes.set(20, 'cropped').set(28, 'blurred');
  const release = core.hold('images.card');
  await writeAt(state, 19, 'two ships');
  await press('Enter');
  const note = await writeAt(state, 27, 'no ');
  note.setSelectionRange(1, 1);
  release();
  await waitFor(() => expect(note.value).toBe('blurred no '));
  expect(note.selectionStart).toBe('blurred n'.length);
  await waitFor(() => expect(core.notes.get(20)).toBe('cropped two ships'));
  await press('Enter');
  await waitFor(() => expect(core.notes.get(28)).toBe('blurred no'));
  expect(core.params('images.setNote')).toHaveLength(2);
});

it('takes a note of an image whose row is on its way', async () => {
  const { core, state } = await openReview(new FakeCore({ images: someImages(450) }));
  await waitFor(() => expect(state.review.neighbours.card(1)).toBeTruthy());
  const release = core.hold('queue.page');
  await writeAt(state, 300, 'gone on from');
  await press('Enter');
  const note = await writeAt(state, 449, 'stayed at');
  release();
  await waitFor(() => expect(state.review.current?.imageId).toBe(450));
  await waitFor(() => expect(core.notes.get(301)).toBe('gone on from'));
  await waitFor(() => expect(state.review.neighbours.card(450)).toBeTruthy());
  expect(document.activeElement).toBe(note);
  await press('Enter');
  await waitFor(() => expect(core.notes.get(450)).toBe('stayed at'));
});

it.each([
  ['g', 'Grid'],
  ['s', 'Similar images'],
])('opens the tile in focus for a note at once, after %s', async (key, name) => {
  const { core, state } = await openReview();
  await press(key);
  const grid = await screen.findByRole('grid', { name });
  await waitFor(() => expect(within(grid).getAllByText(/suggested/).length).toBeGreaterThan(5));
  core.hold('images.card');
  await press('ArrowRight');
  await press('n');
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Note' }));
  expect(state.review.current?.imageId).toBe(2);
});

describe('a note that could not be saved', () => {
  it('stays in its field and is said not to be saved, until it is tried again and is', async () => {
    const core = new FakeCore();
    core.notes.set(1, 'cropped').set(4, 'of the fourth');
    const opened = await openReview(core);
    const { state } = opened;
    await writeInVain(opened, 0, 'two ships');
    expect((await band()).textContent).toContain('Not saved: the note on train/picture-1.png. The disk is full.');
    await waitFor(() => expect(field().value).toBe('of the fourth'));
    state.review.goTo(0);
    await waitFor(() => expect(field().value).toBe('two ships'));
    expect(asksToStay()).toBe(true);
    expect(core.notes.get(1)).toBe('cropped');

    core.failNext('reviews.decide', full());
    await press('x');
    await waitFor(async () =>
      expect((await band()).textContent).toContain('train/picture-1.png and the note on train/picture-1.png. The disk'),
    );
    await fireEvent.click(within(await band()).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect([core.notes.get(1), core.rows[0]!.state]).toEqual(['two ships', 'excluded']));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    await waitFor(() => expect(asksToStay()).toBe(false));
  });

  it('gives way to a newer one of its image, and to what is saved where it is given up', async () => {
    const opened = await openReview();
    const { core, state } = opened;
    await writeInVain(opened, 0, 'two ships');
    await writeInVain(opened, 1, 'of the second');
    await writeInVain(opened, 0, 'three ships');
    expect((await band()).textContent).toContain('Not saved: 2 notes.');
    await fireEvent.click(within(await band()).getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect([...core.notes]).toEqual([
        [2, 'of the second'],
        [1, 'three ships'],
      ]),
    );
    expect(core.params('images.setNote')).toHaveLength(5);

    await writeInVain(opened, 0, 'four ships');
    state.review.goTo(0);
    await waitFor(() => expect(field().value).toBe('four ships'));
    await fireEvent.click(within(await band()).getByRole('button', { name: 'Dismiss' }));
    await waitFor(() => expect(field().value).toBe('three ships'));
    expect(asksToStay()).toBe(false);
  });

  it('is known after a lost line to have been written after all, or not', async () => {
    const { core, state } = await openReview();
    const write = core.hold('images.setNote');
    await writeAt(state, 0, 'written');
    await press('Enter');
    await waitFor(() => expect(core.params('images.setNote')).toHaveLength(1));
    await writeAt(state, 1, 'not written');
    await press('Enter');
    const know = core.hold('images.card');
    core.hangUp();
    await waitFor(async () => expect((await band()).textContent).toContain('Not saved: 2 notes'));
    write();
    await waitFor(() => expect(core.notes.get(1)).toBe('written'));
    know();
    await waitFor(async () => expect((await band()).textContent).toContain('the note on train/picture-2.png'));
    expect([...core.notes]).toEqual([[1, 'written']]);
    await fireEvent.click(within(await band()).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(core.notes.get(2)).toBe('not written'));
    expect(core.params('images.setNote')).toHaveLength(2);
  });

  it('stays also where it was not known of which image it was, or behind what', async () => {
    const core = new FakeCore({ images: someImages(450) });
    const { state } = await openReview(core);
    core.notes.set(20, 'cropped').set(301, 'blurred');
    const answerPages = core.hold('queue.page');
    for (const _ of ['the page', 'the image'])
      core.failNext('queue.page', new AppError('unreadable', 'The project file cannot be read.'));
    await writeAt(state, 300, 'gone on from');
    await press('Enter');
    state.review.goTo(0);
    await waitFor(() => expect(state.review.saving.pending).toBe(1));
    answerPages();
    await waitFor(async () =>
      expect((await band()).textContent).toContain('“gone on from” on image 301 of the queue. The project file cannot'),
    );
    const answerCards = core.hold('images.card');
    await writeAt(state, 19, 'two ships');
    await press('Enter');
    state.review.goTo(0);
    await waitFor(() => expect(state.review.saving.pending).toBe(1));
    core.hangUp();
    await waitFor(async () =>
      expect((await band()).textContent).toMatch(/Not saved: 2 notes\. The connection .* was lost/),
    );
    state.review.goTo(19);
    await waitFor(() => expect(field().value).toBe('two ships'));
    answerCards();
    await waitFor(() => expect(field().value).toBe('cropped two ships'));
    expect((await band()).textContent).toContain('Not saved: 2 notes');
    await fireEvent.click(within(await band()).getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect([core.notes.get(20), core.notes.get(301)]).toEqual(['cropped two ships', 'blurred gone on from']),
    );
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it.each([
    ['g', 'Grid'],
    ['s', 'Similar images'],
  ])('is told also where it was written from tiles, after %s, and on every screen', async (key, name) => {
    const { core, state } = await openReview();
    await press(key);
    const grid = await screen.findByRole('grid', { name });
    await waitFor(() => expect(within(grid).getAllByText(/suggested/).length).toBeGreaterThan(5));
    await press('ArrowRight');
    await press('n');
    const release = core.hold('images.setNote');
    core.failNext('images.setNote', full());
    await fireEvent.input(field(), { target: { value: 'from a tile' } });
    expect(asksToStay()).toBe(true);
    await press('Enter');
    await press(key);
    await screen.findByRole('grid', { name });
    release();
    const told = 'Not saved: the note on train/picture-2.png.';
    await waitFor(async () => expect((await band()).textContent).toContain(told));
    await state.review.start({ ...state.review.queue.query, path: 'nowhere' });
    await screen.findByRole('heading', { name: 'No image here' });
    expect((await band()).textContent).toContain(told);
    await show('Overview');
    await fireEvent.click(within(await band()).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(core.notes.get(2)).toBe('from a tile'));
  });

  it('is asked for before another project or reviewer takes over', async () => {
    const opened = await openReview();
    const { core } = opened;
    await writeInVain(opened, 0, 'two ships');
    const answer = async (name: string) => {
      const dialog = await screen.findByRole('dialog', { name: 'Some decisions or notes are not saved.' });
      await fireEvent.click(within(dialog).getByRole('button', { name }));
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    };
    await show('Projects');
    await fireEvent.click(await screen.findByRole('button', { name: 'Sample project' }));
    await answer('Stay');
    expect(core.params('projects.createSample')).toEqual([]);
    // Opened from the desktop, as by a double click.
    core.emit('project.offered', { file: { grant: 'g1', path: '' } });
    await answer('Stay');
    expect(core.params('projects.open')).toEqual([]);

    await show('Settings');
    await fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'Ana' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await answer('Stay');
    expect(core.reviewer).toBe('Lin');
    expect(await band()).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await answer('Go on all the same');
    await waitFor(() => expect(core.reviewer).toBe('Ana'));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());

    await show('Review');
    await writeInVain(opened, 0, 'two ships');
    await show('Projects');
    await fireEvent.click(await screen.findByRole('button', { name: 'Sample project' }));
    await answer('Go on all the same');
    await waitFor(() => expect(core.params('projects.createSample')).toHaveLength(1));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(core.notes.size).toBe(0);
  });
});
