import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { FakeCore } from './fake-core.ts';
import { someImages } from './fake-images.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(() => {
  closeApps();
  vi.useRealTimers();
});

const press = (key: string, rest: KeyboardEventInit = {}) => fireEvent.keyDown(document.body, { key, ...rest });
const pictureNow = () => /picture-(\d+)/.exec((document.querySelector('.stage img') as HTMLImageElement).alt)?.[1];

async function openReview(core = new FakeCore()) {
  const state = await renderApp(core);
  await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Review' }));
  await screen.findByText('logit difference, plane − ship');
  return { core, state };
}

/** The line is lost while the first image is being kept, and the second is excluded without it; `write` lets core write the first. */
async function loseLine(core = new FakeCore()) {
  const { state } = await openReview(core);
  const write = core.hold('reviews.decide');
  await press('k');
  await waitFor(() => expect(core.params('reviews.decide')).toHaveLength(1));
  core.hangUp();
  await press('x');
  const panel = screen.getByRole('complementary');
  await within(panel).findByText(/Not saved: 2 images/);
  return { core, state, panel, write };
}

/** Core has learned, and the reviewer rests. */
async function learn(core: FakeCore) {
  core.emit('queue.reordered', { verdicts: 20, estimate: null, gain: null, dueIn: 20 });
  await vi.advanceTimersByTimeAsync(3_000);
}

/** All that the live regions say. */
const announced = () => screen.getAllByRole('status').map(({ textContent }) => textContent);

/** Whether the page would ask before it is left. */
const asksToStay = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

describe('review', () => {
  it('shows the image with its labels, rank and evidence', async () => {
    await openReview();
    expect(pictureNow()).toBe('1');
    expect(screen.getByText('Ranked', { exact: false }).textContent).toMatch(/Ranked\s+1\s+of 12.*importance\s+0\.98/s);
    expect(screen.getByRole('button', { name: /^Relabel plane/ })).toBeTruthy();
    const rows = within(screen.getByRole('complementary')).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.lastElementChild?.textContent)).toEqual([
      ...['+0.84', '+0.61', '+0.57', '−0.49', '−0.38', '−0.22'],
      ...['−0.33', '+1.79', '+2.39'],
    ]);
    expect(screen.getByText('certified to ±0.004')).toBeTruthy();
  });

  it('decides by one key, goes on at once, and counts as saved only what is answered', async () => {
    const { core } = await openReview();
    const release = core.hold('reviews.decide');
    await press('Enter');
    expect(pictureNow()).toBe('2');
    expect(screen.getByText('Saving…')).toBeTruthy();
    expect(announced()).not.toContain('Saved');
    expect(asksToStay()).toBe(true);
    release();
    await waitFor(() => expect(announced()).toContain('Saved: ship → plane, 1 decided'));
    await waitFor(() => expect(asksToStay()).toBe(false));
    expect(core.params('reviews.decide')).toMatchObject([
      { decisions: [{ imageId: 1, action: 'relabel', classId: 2 }], seen: { method: 'learned', rank: 1 } },
    ]);
  });

  it.each([
    ['k', { action: 'keep' }, 'kept'],
    ['3', { action: 'relabel', classId: 3 }, '→ truck'],
    ['x', { action: 'exclude' }, 'excluded'],
    ['u', { action: 'unsure' }, 'unsure'],
  ])('means by %s what the table of keys says', async (key, decision, mark) => {
    const { core } = await openReview();
    await press(key);
    await waitFor(() =>
      expect(core.params('reviews.decide')).toMatchObject([{ decisions: [{ imageId: 1, ...decision }] }]),
    );
    expect(await within(screen.getByRole('list', { name: 'Queue' })).findByText(mark)).toBeTruthy();
  });

  it('keeps on Enter where the suggestion is the given label', async () => {
    const { core } = await openReview();
    await press('ArrowRight');
    await press('l');
    expect(pictureNow()).toBe('3');
    expect(screen.getByRole('button', { name: /^Keep truck/ })).toBeTruthy();
    await press('Enter');
    await waitFor(() =>
      expect(core.params('reviews.decide')).toMatchObject([{ decisions: [{ imageId: 3, action: 'keep' }] }]),
    );
  });

  it('takes the second-best suggestion by its key, which its button shows', async () => {
    const { core } = await openReview();
    expect(await screen.findByRole('button', { name: 'or ship' })).toBeTruthy();
    await press('t');
    await press('ArrowRight');
    const button = await screen.findByRole('button', { name: 'or ship' });
    expect(button.getAttribute('aria-keyshortcuts')).toBe('T');
    expect(button.textContent).toMatch(/or ship\s*T$/);
    await fireEvent.click(button);
    // The second-best of the first image is the given label.
    await waitFor(() =>
      expect(core.params('reviews.decide')).toMatchObject([
        { decisions: [{ imageId: 1, action: 'keep' }] },
        { decisions: [{ imageId: 3, action: 'relabel', classId: 1 }] },
      ]),
    );
  });

  it('takes back a decision that was not saved, says so beside it, and tries again', async () => {
    const { core } = await openReview();
    core.failNext('reviews.decide', new AppError('no-space', 'The disk is full. Make room, then decide again.'));
    await press('Enter');
    expect(pictureNow()).toBe('2');
    const panel = screen.getByRole('complementary');
    const alert = await within(panel).findByRole('alert');
    expect(alert.textContent).toContain('Not saved: train/picture-1.png. The disk is full.');
    expect(within(screen.getByRole('list', { name: 'Queue' })).queryByText('→ plane')).toBeNull();
    await fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(core.rows[0]!.state).toBe('relabelled'));
    expect(within(panel).queryByRole('alert')).toBeNull();
    expect(pictureNow()).toBe('2');
  });

  it('loses none of several decisions that were not saved, and tries them again as the groups they were', async () => {
    const { core } = await openReview();
    for (let count = 0; count < 3; count++)
      core.failNext('reviews.decide', new AppError('no-space', 'The disk is full.'));
    for (const key of ['Enter', 'k', 'x']) await press(key);
    const panel = screen.getByRole('complementary');
    expect((await within(panel).findByText(/Not saved: 3 images/)).textContent).toContain('The disk is full.');
    await press('ArrowLeft');
    expect(pictureNow()).toBe('3');
    await press('u');
    const alert = await within(panel).findByRole('alert');
    await waitFor(() => expect(alert.textContent).toContain('Not saved: 2 images'));
    await fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect(core.rows.slice(0, 3).map(({ state }) => state)).toEqual(['relabelled', 'kept', 'unsure']),
    );
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(core.rows[1]!.state).toBe('open'));
    expect(core.rows[0]!.state).toBe('relabelled');
  });

  it('asks before it is left as long as anything is not written', async () => {
    const { core, state } = await openReview();
    core.failNext('reviews.decide', new AppError('no-space', 'The disk is full.'));
    await press('k');
    await within(screen.getByRole('complementary')).findByText(/Not saved/);
    expect(asksToStay()).toBe(true);
    await state.review.saving.retry();
    await waitFor(() => expect(core.rows[0]!.state).toBe('kept'));
    await waitFor(() => expect(asksToStay()).toBe(false));
    const release = core.hold('reviews.undo');
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(core.params('reviews.undo')).toHaveLength(1));
    expect(asksToStay()).toBe(true);
    release();
    await waitFor(() => expect(asksToStay()).toBe(false));
    expect(core.rows[0]!.state).toBe('open');
  });

  it('knows after a lost line which of its decisions were written after all', async () => {
    const { core, state, panel, write } = await loseLine();
    write();
    await waitFor(() => expect(core.rows[0]!.state).toBe('kept'));
    await waitFor(() => expect(announced()).toContain('Saved after all: train/picture-1.png'));
    expect(within(panel).getByRole('alert').textContent).toContain('Not saved: train/picture-2.png');
    expect(state.review.queue.isSaved(1)).toBe(true);
    expect(core.rows[1]!.state).toBe('open');
  });

  it('tries nothing again that was written after all, also where it is told to before it can know', async () => {
    const core = new FakeCore();
    const know = core.hold('images.history');
    const { state, panel, write } = await loseLine(core);
    write();
    await waitFor(() => expect(core.params('images.history').length).toBeGreaterThan(0));
    const again = within(panel).getByRole('button', { name: 'Try again' });
    await fireEvent.click(again);
    await fireEvent.click(again);
    know();
    await waitFor(() => expect(core.rows[1]!.state).toBe('excluded'));
    await waitFor(() => expect(state.review.saving.pending).toBe(0));
    expect(within(panel).queryByRole('alert')).toBeNull();
    expect(core.params('reviews.decide')).toMatchObject([
      { decisions: [{ imageId: 1, action: 'keep' }] },
      { decisions: [{ imageId: 2, action: 'exclude' }] },
    ]);
  });

  it('says once that the line is lost, and fills its parts when it is back', async () => {
    const { core, state } = await openReview();
    const release = core.hold('images.evidence');
    await press('e');
    await waitFor(() => expect(state.review.full.suggested.isLoading).toBe(true));
    core.hangUp();
    await screen.findByText(/The connection to Second Look was lost and is being opened again/);
    release();
    expect(screen.queryByRole('alert')).toBeNull();
    await waitFor(() => expect(state.review.full.suggested.value).toBeTruthy());
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('undoes and redoes, and goes to the image concerned', async () => {
    const { core } = await openReview();
    await press('Enter');
    await press('k');
    await press('ArrowRight');
    await press('ArrowRight');
    expect(pictureNow()).toBe('5');
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(pictureNow()).toBe('2'));
    expect(core.rows[1]!.state).toBe('open');
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(pictureNow()).toBe('1'));
    await press('Z', { ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(core.rows[0]!.state).toBe('relabelled'));
    expect(core.rows[1]!.state).toBe('open');
  });

  it('makes no new queue before all is saved that was decided, so that nothing is asked for twice', async () => {
    const core = new FakeCore();
    const { state } = await openReview(core);
    const release = core.hold('reviews.decide');
    await press('k');
    await press('x');
    const started = state.review.start();
    release();
    await started;
    await waitFor(() => expect(pictureNow()).toBe('3'));
    expect(core.params('reviews.decide')).toHaveLength(2);
  });

  it('passes over what was decided in another window of the same project', async () => {
    const { core, state } = await openReview();
    const progress = { ...state.review.decisions.progress!, decided: 1 };
    core.emit('reviews.changed', { changed: [{ imageId: 2, classId: null, state: 'excluded' }], progress });
    await waitFor(() => expect(state.review.queue.row(1)?.state).toBe('excluded'));
    await press('k');
    expect(pictureNow()).toBe('3');
  });

  it('goes to the last of several images whose undoing was asked for at once', async () => {
    const { core } = await openReview();
    for (const key of ['x', 'x', 'x', 'x']) await press(key);
    expect(pictureNow()).toBe('5');
    const release = core.hold('reviews.undo');
    for (let count = 0; count < 3; count++) await press('z', { ctrlKey: true });
    release();
    await waitFor(() => expect(core.rows[1]!.state).toBe('open'));
    await waitFor(() => expect(pictureNow()).toBe('2'));
  });

  it('shows an undone image that is not in this queue', async () => {
    const core = new FakeCore();
    const { state } = await openReview(core);
    await press('Enter');
    await waitFor(() => expect(core.rows[0]!.state).toBe('relabelled'));
    await state.review.start();
    await waitFor(() => expect(pictureNow()).toBe('2'));
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(pictureNow()).toBe('1'));
    await press('k');
    await waitFor(() => expect(core.rows[0]!.state).toBe('kept'));
    expect(pictureNow()).toBe('2');
  });

  it('does not undo an earlier decision when the last one was not saved', async () => {
    const { core } = await openReview();
    await press('Enter');
    await waitFor(() => expect(core.rows[0]!.state).toBe('relabelled'));
    core.failNext('reviews.decide', new AppError('no-space', 'The disk is full.'));
    const release = core.hold('reviews.decide');
    await press('k');
    await press('z', { ctrlKey: true });
    release();
    await within(screen.getByRole('complementary')).findByText(/Not saved: train\/picture-2/);
    await press('ArrowLeft');
    expect(core.params('reviews.undo')).toEqual([]);
    expect(core.rows[0]!.state).toBe('relabelled');
  });

  it('says when the queue is through, and walks it in pages', async () => {
    const core = new FakeCore({ images: someImages(450) });
    const { state } = await openReview(core);
    expect(core.params('queue.page')).toMatchObject([{ from: 0, count: 200 }]);
    state.review.goTo(198);
    await waitFor(() =>
      expect(core.params('queue.page')).toMatchObject([{ from: 0 }, { from: 200, order: 'order-1' }]),
    );
    state.review.goTo(449);
    await waitFor(() => expect(pictureNow()).toBe('450'));
    const keep = screen.getByRole('button', { name: 'Keep' });
    keep.focus();
    await fireEvent.click(keep);
    expect(await screen.findByRole('heading', { name: 'You have been through this queue' })).toBeTruthy();
    const spoken = screen.getAllByRole('status').map(({ textContent }) => textContent);
    expect(spoken).toContain('You have been through this queue');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('main')));
  });

  it('shows a picture that was missing once its file is back', async () => {
    await openReview();
    const picture = () => within(screen.getByRole('group', { name: 'Picture' })).queryByRole('img');
    await fireEvent.error(picture()!);
    expect(picture()).toBeNull();
    await press('ArrowRight');
    await fireEvent.load(picture()!);
    await press('ArrowLeft');
    await waitFor(() => expect(picture()).toBeTruthy());
  });

  it('finds a class by typing, and leaves the keys alone meanwhile', async () => {
    const classes = Array.from({ length: 40 }, (_, index) => `class ${index + 1}`);
    const core = new FakeCore({ classes, images: someImages(12, 3) });
    await renderApp(core);
    await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Review' }));
    const finder = await screen.findByRole('combobox', { name: 'Find a class' });
    await press('/');
    expect(document.activeElement).toBe(finder);
    await fireEvent.keyDown(finder, { key: 'k' });
    await fireEvent.input(finder, { target: { value: '37' } });
    await waitFor(() =>
      expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual([
        expect.stringMatching(/^class 37\b/),
      ]),
    );
    expect(core.params('reviews.decide')).toEqual([]);
    await fireEvent.keyDown(finder, { key: 'Enter' });
    await waitFor(() =>
      expect(core.params('reviews.decide')).toMatchObject([{ decisions: [{ imageId: 1, classId: 37 }] }]),
    );
    expect(document.activeElement).toBe(screen.getByRole('main'));
  });

  it('makes five neighbours ready to each side', async () => {
    const { core, state } = await openReview(new FakeCore({ images: someImages(30) }));
    state.review.goTo(15);
    await waitFor(() => {
      const asked = core.params('images.card').map((params) => (params as { imageId: number }).imageId);
      expect(asked).toEqual(expect.arrayContaining([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]));
      expect(asked).not.toContain(22);
    });
  });

  it('makes nothing ready any more once it is left', async () => {
    const { core, state } = await openReview(new FakeCore({ images: someImages(30) }));
    state.review.goTo(20);
    await tick();
    state.screens.show('start');
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    await state.project.createSample();
    const asked = core.params('images.card').map((params) => (params as { imageId: number }).imageId);
    expect(asked).toContain(6);
    expect(asked).not.toContain(21);
  });

  it('suggests for the image in hand what it did when a new order comes, and argues for the new label at the next', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const { core, state } = await openReview();
    Object.assign(core.rows[0]!, { suggestedClassId: 3, secondClassId: 3 });
    Object.assign(core.rows[1]!, { suggestedClassId: 1 });
    await learn(core);
    await waitFor(() => expect(state.learning.said).not.toBeNull());
    expect(screen.getByRole('button', { name: /^Relabel plane/ })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'or ship' })).toBeTruthy();
    await press('Enter');
    expect(await screen.findByRole('button', { name: /^Relabel ship/ })).toBeTruthy();
    expect(await screen.findByRole('heading', { name: 'What argues for ship over plane' })).toBeTruthy();
    expect(await screen.findByText('logit difference, ship − plane')).toBeTruthy();
    await waitFor(() => expect(core.params('reviews.decide')).toMatchObject([{ decisions: [{ classId: 2 }] }]));
  });

  it('takes up a new order once the reviewer is back from the grid and rests', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const { core, state } = await openReview();
    await press('g');
    await learn(core);
    expect(core.params('queue.page')).toHaveLength(1);
    await press('g');
    await vi.advanceTimersByTimeAsync(6_000);
    await waitFor(() => expect(state.learning.said).not.toBeNull());
    expect(core.params('queue.page')).toMatchObject([{ from: 0 }, { lead: [1, 2, 3, 4, 5, 6] }]);
  });

  it('says of what is left how it is known, for no more images than are open, and of which order', async () => {
    const { core, state } = await openReview();
    const next = { value: 20, interval: [8, 40] as [number, number] };
    core.emit('queue.reordered', { verdicts: 60, estimate: { left: next, next }, gain: null, dueIn: 20 });
    const bar = () => document.querySelector('.lines')!.textContent.replace(/\s+/g, ' ');
    await waitFor(() => expect(bar()).toContain('After 60 verdicts about 20 wrong labels were left (8 to 40).'));
    expect(bar()).toContain('Keep going: the next 12 should hold about 12 (8 to 12).');
    await state.review.start({ method: 'importance' });
    await waitFor(() => expect(bar()).toContain('in the learned order the next 12 should hold'));
  });

  it('has a name for every picture and a type for every button', async () => {
    await openReview();
    expect(screen.getByRole('img', { name: 'ship, train/picture-1.png' })).toBeTruthy();
    expect([...document.querySelectorAll('img')].filter((image) => !image.hasAttribute('alt'))).toEqual([]);
    expect([...document.querySelectorAll('button')].filter((button) => !button.hasAttribute('type'))).toEqual([]);
  });

  it('says what to do where there is no fit', async () => {
    await renderApp(new FakeCore({ isFitted: false }));
    await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Review' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Go to the overview' }));
    expect(await screen.findByRole('button', { name: /^Fit the head/ })).toBeTruthy();
  });
});
