// Explain by keyboard on a core in memory: matrix, cell, image, and from a training image into Review and back.
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { FakeCore, type FakeOptions } from './fake-core.ts';
import { fitSummary } from './fake-model.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(closeApps);

async function openExplain(core = new FakeCore()) {
  const state = await renderApp(core);
  await fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Explain' }));
  return { core, state };
}

const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const cellButton = (name: RegExp) => screen.findByRole('button', { name });

describe('Explain', () => {
  it('opens the largest error first, and another cell by arrows and a press', async () => {
    const { core } = await openExplain();
    expect(await screen.findByRole('heading', { name: 'ship predicted as plane: 2 test images' })).toBeTruthy();
    const grid = screen.getByRole('grid', { name: /Confusion matrix/ });
    const [open] = within(grid).getAllByRole('gridcell', { selected: true });
    expect(open!.textContent.trim()).toBe('2');
    const stops = within(grid)
      .getAllByRole('button')
      .filter(({ tabIndex }) => tabIndex === 0);
    expect(stops).toHaveLength(1);
    stops[0]!.focus();
    for (let step = 0; step < 4; step++) await press('ArrowRight');
    expect(document.activeElement).toBe(await cellButton(/^plane predicted as truck: 1 image$/));
    await fireEvent.click(document.activeElement!);
    expect(await screen.findByRole('heading', { name: 'plane predicted as truck: 1 test image' })).toBeTruthy();
    const asked = { fit: 'labels', classId: 2, predictedClassId: 3 };
    await waitFor(() => expect(core.params('confusion.evidence').at(-1)).toMatchObject(asked));
  });

  it('explains the image in focus for the true class over the predicted one, and for whatever is asked', async () => {
    const { core } = await openExplain();
    const second = await cellButton(/^test\/1-2\.png/);
    second.focus();
    await waitFor(() =>
      expect(core.params('images.evidence').at(-1)).toMatchObject({ imageIds: [2], classId: 1, againstClassId: 2 }),
    );
    await fireEvent.click(await screen.findByRole('radio', { name: 'Explain for truck' }));
    await waitFor(() => expect(core.params('images.evidence').at(-1)).toMatchObject({ classId: 3, againstClassId: 2 }));
    await fireEvent.click(screen.getByRole('radio', { name: 'over no other class' }));
    await press('c');
    await waitFor(() => expect(core.params('images.evidence').at(-1)).toMatchObject({ classId: 3, order: 'cosine' }));
    expect(core.params('images.evidence').at(-1)).not.toHaveProperty('againstClassId');
  });

  it('leads from a training image into its review, and a decision leads back to it', async () => {
    const { core, state } = await openExplain();
    const [review] = await screen.findAllByRole('button', { name: /^Review .*picture/ });
    const imageId = Number(review!.dataset['point']);
    await fireEvent.click(review!);
    await waitFor(() => expect(state.review.current?.imageId).toBe(imageId));
    expect(state.screens.current).toBe('review');
    await press('x');
    await waitFor(() => expect(core.rows[imageId - 1]!.state).toBe('excluded'));
    expect(state.screens.current).toBe('explain');
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset['point']).toBe(String(imageId)));
  });

  it('lists the largest confusions where a matrix of all classes could not be read', async () => {
    const classes = Array.from({ length: 1000 }, (_, index) => `class ${index + 1}`);
    await openExplain(new FakeCore({ classes }));
    const list = await screen.findByRole('list', { name: 'The largest confusions' });
    expect(
      within(list)
        .getAllByRole('button')
        .map(({ textContent }) => textContent),
    ).toEqual(['class 1 → class 2 2', 'class 2 → class 3 1']);
    expect(screen.queryByRole('grid')).toBeNull();
  });

  it('explains the given model too, with its fidelity', async () => {
    const on = {
      images: 4,
      agreement: 0.98,
      meanDifference: 0,
      largestDifference: 0,
      correlation: 0.9987,
      largestLogitDifference: 0.2,
    };
    const modelFit = {
      ...fitSummary,
      target: 'model' as const,
      fidelity: { output: 'softmax' as const, train: on, test: on },
    };
    const overview: NonNullable<FakeOptions['overview']> = { modelFit };
    const { core, state } = await openExplain(new FakeCore({ overview }));
    await cellButton(/^test\/1-1\.png/);
    await state.explanation.choose('model');
    await screen.findByText(/the outputs correlate at 0\.9987/);
    for (const call of ['confusion.read', 'confusion.images', 'confusion.evidence', 'images.evidence'] as const)
      expect(core.params(call).at(-1)).toMatchObject({ fit: 'model' });
  });

  it('says what is missing before a fit, and offers to try again after a failure', async () => {
    await openExplain(new FakeCore({ isFitted: false }));
    await screen.findByText('Nothing to explain yet');
    closeApps();
    const core = new FakeCore();
    core.failNext('confusion.read', new AppError('unavailable', 'The features are being read.'));
    await openExplain(core);
    await screen.findByText('The features are being read.');
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('grid');
  });
});
