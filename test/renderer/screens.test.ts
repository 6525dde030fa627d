import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { FakeCore } from './fake-core.ts';
import { fitSummary, toRun } from './fake-model.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(closeApps);

const goTo = (name: string) => fireEvent.click(within(screen.getByRole('navigation')).getByRole('button', { name }));

describe('screens', () => {
  it('starts with the recent projects and opens one', async () => {
    const core = new FakeCore({ isOpen: false });
    await renderApp(core);
    expect(within(screen.getByRole('navigation')).queryByRole('button', { name: 'Review' })).toBeNull();
    await fireEvent.click(await screen.findByRole('button', { name: /harbour/ }));
    await screen.findByRole('button', { name: /^Start reviewing/ });
    expect(core.params('projects.open')).toEqual([{ recent: 'r1' }]);
  });

  it('opens what was opened outside of the page, also where none was, and says why it could not', async () => {
    const core = new FakeCore({ isOpen: false });
    const { notices } = await renderApp(core);
    const file = { grant: 'g1', path: '' };
    core.failNext('projects.open', new AppError('conflict', 'harbour is open elsewhere. Close it there first.'));
    core.emit('project.offered', { file });
    await waitFor(() => expect(notices.list).toHaveLength(1));
    expect(notices.list[0]!.sentence).toBe('harbour is open elsewhere. Close it there first.');
    core.emit('project.offered', { file });
    await screen.findByRole('button', { name: /^Start reviewing/ });
    expect(core.params('projects.open')).toEqual([{ file }, { file }]);
  });

  it('forgets where the reviewer was when another page has opened another project', async () => {
    const core = new FakeCore();
    const { review } = await renderApp(core);
    await goTo('Review');
    await waitFor(() => expect(review.fitId).not.toBeNull());
    core.changeOverview({ name: 'quay', displayPath: '/data/quay.secondlook' });
    await waitFor(() => expect(document.title).toContain('quay'));
    await goTo('Overview');
    expect(review.fitId).toBeNull();
    expect(review.queue.total).toBeNull();
  });

  it('says beside the buttons why a project could not be opened', async () => {
    const core = new FakeCore({ isOpen: false });
    core.failNext('projects.open', new AppError('conflict', 'harbour is open elsewhere. Close it there first.'));
    await renderApp(core);
    await fireEvent.click(await screen.findByRole('button', { name: /harbour/ }));
    expect((await screen.findByRole('alert')).textContent).toBe('harbour is open elsewhere. Close it there first.');
  });

  it('shows images, model, fit and certificate on the overview, and the next step on Enter', async () => {
    const core = new FakeCore();
    core.overview.model!.providersTried = [{ name: 'cuda', reason: 'libcudart.so.12 was not found.' }];
    await renderApp(core);
    expect(screen.getByText(/cuda was not used: libcudart/)).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Fit' }).textContent).toMatch(
      /to within\s+±0\.004:\s+0\.20\u202f% of a typical\s+logit/,
    );
    expect(screen.getByRole('region', { name: 'Fit' }).textContent).toContain('81.2\u202f% train, 65.2\u202f% test');
    await fireEvent.keyDown(document.body, { key: 'Enter' });
    expect(await screen.findByRole('list', { name: 'Queue' })).toBeTruthy();
  });

  it('matches the classes of the model by hand or by their names', async () => {
    const core = new FakeCore();
    await renderApp(core);
    expect(
      await screen.findByText('None of the classes is one of the model’s own: only its features are used.'),
    ).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Match classes' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'The model’s own classes' }));
    const first = core.classes[0]!;
    const choice = await dialog.findByRole('combobox', { name: `${first}: none` });
    await fireEvent.keyDown(choice, { key: 'Enter' });
    const option = await screen.findByRole('option', { name: 'number 1' });
    await fireEvent.pointerUp(option);
    const places = core.classes.map((_, at) => (at === 0 ? 1 : null));
    await waitFor(() => expect(core.params('models.setClasses')).toEqual([{ places }]));
    expect(await dialog.findByText('Matched by hand.')).toBeTruthy();
    await fireEvent.input(dialog.getByRole('textbox'), { target: { value: 'cat\ndog\n' } });
    await fireEvent.click(dialog.getByRole('button', { name: 'Match by name' }));
    await waitFor(() => expect(core.params('models.setClasses')[1]).toEqual({ names: ['cat', 'dog'] }));
  });

  it('imitates the given model on demand, and says that this ranks no labels', async () => {
    const core = new FakeCore();
    core.overview.model!.matchedClasses = core.classes.length;
    await renderApp(core);
    const region = () => screen.getByRole('region', { name: 'The given model, imitated' });
    await fireEvent.click(within(region()).getByRole('button', { name: 'Imitate the model' }));
    await waitFor(() => expect(core.params('jobs.start')).toEqual([{ kind: 'fit', params: { target: 'model' } }]));
    const on = {
      images: 12,
      agreement: 0.975,
      meanDifference: 0.01,
      largestDifference: 0.2,
      correlation: 0.9981,
      largestLogitDifference: 0.31,
    };
    const fidelity = { output: 'softmax' as const, train: on, test: null };
    core.changeOverview({ modelFit: { ...fitSummary, target: 'model', fidelity } });
    await waitFor(() => expect(region().textContent).toContain('97.5\u202f% of the train'));
    expect(region().textContent).toMatch(/are the model’s to within ±0\.4, the price of lambda/);
    expect(region().textContent).toContain('It says nothing about wrong labels');
  });

  it('follows changes of the project', async () => {
    const core = new FakeCore();
    await renderApp(core);
    core.changeOverview({ problems: [{ path: 'a.png', reason: 'The file is empty.' }], problemCount: 1 });
    expect(await screen.findByText('1 problem; everything else goes on')).toBeTruthy();
  });

  it('compares the first and the last run, with the numbers behind the curve', async () => {
    const now = Date.now();
    const core = new FakeCore({ runs: [toRun(1, 0, 0.652, now), toRun(2, 1000, 0.731, now)] });
    await renderApp(core);
    await goTo('Runs');
    expect(await screen.findByText('65.2 % → 73.1 %')).toBeTruthy();
    expect(screen.getByText(/\+7\.9 points, 95 % interval 6\.9 to 8\.9/)).toBeTruthy();
    expect(screen.getByText('p < 0.001')).toBeTruthy();
    expect(screen.getByText(/^2 runs under another lambda or feature scale are not listed/)).toBeTruthy();
    expect(
      screen.getByRole('img', { name: /65\.2\u202f% at 0 decisions, 73\.1\u202f% at 1\u202f000, in 2 steps/ }),
    ).toBeTruthy();
    await fireEvent.click(screen.getAllByRole('button', { name: 'As a table' })[0]!);
    const table = screen.getByRole('table', { name: /Test accuracy over decisions/ });
    expect(within(table).getAllByRole('row').at(-1)!.textContent).toContain('72.2 to 74.0\u202f%');
  });

  it('tells a drawn curve beside a random order, and in which classes it falls', async () => {
    const core = new FakeCore({ runs: [toRun(1, 0, 0.652, 1), toRun(2, 1000, 0.64, 1)] });
    const point = (decisions: number, accuracy: number, correct: number[]) => ({
      decisions,
      changedLabels: decisions,
      labelsRevision: decisions,
      secondsSpent: decisions,
      accuracy: { value: accuracy, interval: [accuracy - 0.01, accuracy + 0.01] as [number, number] },
      correct,
    });
    core.curve = {
      modelId: 1,
      lambda: 3e-4,
      featureScale: 'unit',
      fitId: 1,
      testImages: 100,
      classImages: [50, 50],
      points: [point(0, 0.65, [40, 25]), point(500, 0.6, [30, 30]), point(1000, 0.64, [32, 32])],
      random: {
        images: 'reviewed',
        orders: 2,
        points: [0, 500, 1000].map((decisions) => ({
          decisions,
          secondsSpent: decisions,
          accuracy: { mean: 0.64, sd: 0.01 },
          correct: [decisions / 40, 30.5],
        })),
      },
      clean: { accuracy: { value: 0.7, interval: [0.69, 0.71] }, correct: [35, 35] },
      truth: {
        told: 98,
        rows: { count: 0, first: [] },
        paths: { count: 0, first: [] },
        labels: { count: 2, first: ['mud'] },
      },
      seconds: 1,
    };
    await renderApp(core);
    await goTo('Runs');
    expect(await screen.findByText(/mean of 2 orders of the images that were reviewed/)).toBeTruthy();
    expect(
      screen.getByText(new RegExp(`From 0 to 500 decisions.*−5\\.0 points.*${core.classes[0]!} \\(−10\\)`)),
    ).toBeTruthy();
    expect(screen.getByText(/The curve is older than the newest decision or run/)).toBeTruthy();
    expect(screen.getByText(/98 images\. 2 rows name no class of this project: mud, …/)).toBeTruthy();
    expect(screen.getByText('≈ +6.0 points')).toBeTruthy();
    const chart = screen.getByRole('img', { name: /Test accuracy over decisions/ });
    await fireEvent.keyDown(chart, { key: 'ArrowRight' });
    await fireEvent.keyDown(chart, { key: 'ArrowRight' });
    const told = /Decisions 500, Time 8 min 20 s, Test accuracy 60\.0.*Random order 64\.0/;
    expect(await screen.findByText(told)).toBeTruthy();

    // Of one class: its share of its own test images, and so that of the random order.
    const choose = async (label: RegExp, option: string) => {
      await fireEvent.keyDown(screen.getByRole('combobox', { name: label }), { key: 'Enter' });
      await fireEvent.pointerUp(await screen.findByRole('option', { name: option }));
    };
    await choose(/^Of: /, core.classes[0]!);
    await choose(/^Over: /, 'time spent');
    const ofClass = screen.getByRole('img', { name: /over time spent: .*80\.0.* at 0 decisions, 64\.0/ });
    await fireEvent.keyDown(ofClass, { key: 'ArrowLeft' });
    await fireEvent.keyDown(ofClass, { key: 'ArrowRight' });
    expect(await screen.findByText(/Decisions 500, .*60\.0.*Random order 25\.0/)).toBeTruthy();
    expect(screen.getByText(/Over time it is given the pace of this review/)).toBeTruthy();
  });

  it('shows which test images turned, and the changed labels that turned one', async () => {
    const core = new FakeCore({ runs: [toRun(1, 0, 0.652, 1), toRun(2, 1000, 0.731, 1)] });
    await renderApp(core);
    await goTo('Runs');
    const turned = await screen.findByRole('button', { name: /^test\/a\.png, label/ });
    await fireEvent.click(turned);
    await waitFor(() => expect(core.params('runs.causes')).toEqual([{ beforeId: 1, afterId: 2, imageId: 13 }]));
    const causes = await screen.findByRole('region', { name: 'The changed labels that did most' });
    expect(causes.textContent).toContain('+0.5000');
    expect(causes.textContent).toMatch(/Together\s*\+0\.9000/);
    expect(await screen.findByText('80.0 % (70.0 to 87.0 %)')).toBeTruthy();
    // The errors of a run as a matrix, read by arrows and saved.
    const matrix = within(screen.getByRole('region', { name: 'Run 2' }));
    const cell = within(matrix.getByRole('grid')).getByRole('button', { name: / predicted as .*: 20 images$/ });
    expect(cell.getAttribute('aria-disabled')).toBe('true');
    expect(matrix.getByRole('button', { name: 'Save Confusion matrix as CSV' })).toBeTruthy();
    expect(screen.getByText('second-look runs "/data/harbour.secondlook" --reproduce 2')).toBeTruthy();

    // Those of the newest fit are a step from what caused them.
    await fireEvent.click(screen.getByRole('radio', { name: 'Look at run 1' }));
    const newest = within(await screen.findByRole('region', { name: 'Run 1' }));
    await fireEvent.click(await newest.findByRole('button', { name: / predicted as .*: 5 images$/ }));
    await screen.findByRole('main', { name: 'Explain' });
    const asked = { classId: 2, predictedClassId: 3 };
    await waitFor(() => expect(core.params('confusion.evidence').at(-1)).toMatchObject(asked));
  });

  it('opens a test label larger by keyboard, and gives it any class', async () => {
    const core = new FakeCore();
    core.testLabels = {
      images: 1,
      suspicious: 1,
      decided: 0,
      corrected: 0,
      accuracy: null,
      correctedAccuracy: null,
      rows: [
        {
          imageId: 13,
          path: 'test/a.png',
          contentKey: '0123456789abcdef',
          givenClassId: 1,
          suggestedClassId: 2,
          probability: 0.9,
          margin: 2,
          verdict: null,
        },
      ],
    };
    await renderApp(core);
    await fireEvent.click(await screen.findByText('Show the most suspicious'));
    const opener = await screen.findByRole('button', { name: 'See it larger: test/a.png' });
    opener.focus();
    await fireEvent.click(opener);
    const dialog = await screen.findByRole('dialog', { name: 'test/a.png' });
    expect(within(dialog).getByRole('img', { name: 'test/a.png' }).getAttribute('src')).not.toContain('w=');
    const finder = within(dialog).getByRole('combobox', { name: 'Find a class' });
    await fireEvent.keyDown(finder, { key: core.classes[2]![0]! });
    await fireEvent.input(finder, { target: { value: core.classes[2]! } });
    await screen.findByRole('option', { name: core.classes[2]! });
    await fireEvent.keyDown(finder, { key: 'Enter' });
    await waitFor(() =>
      expect(core.params('testLabels.decide')).toEqual([{ imageId: 13, action: 'relabel', classId: 3 }]),
    );
    await fireEvent.keyDown(dialog, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(opener));
  });

  it('retrains by key and shows the new run when it is done', async () => {
    const core = new FakeCore({ runs: [toRun(1, 0, 0.652, Date.now())] });
    await renderApp(core);
    await goTo('Runs');
    await screen.findByText('65.2 %', { selector: '.value' });
    await fireEvent.keyDown(document.body, { key: 'r' });
    await waitFor(() => expect(core.params('jobs.start')).toEqual([{ kind: 'retrain', params: {} }]));
    await waitFor(() => expect(screen.getByRole('button', { name: /^Retrain now/ })).toHaveProperty('disabled', true));
    core.runs = [...core.runs, toRun(2, 30, 0.66, Date.now())];
    core.changeJob({ id: 1, kind: 'retrain', state: 'done', note: 'Done.', endedAt: Date.now() });
    expect(await screen.findByText('65.2 % → 66.0 %')).toBeTruthy();
  });

  it('exports to a chosen folder and says what came of it', async () => {
    const core = new FakeCore();
    await renderApp(core, {
      pickFolder: () => Promise.resolve({ id: 'g', displayPath: '/out', kind: 'folder' }),
      pickFile: () => Promise.resolve(null),
    });
    await goTo('Export');
    expect((await screen.findByText('0 labels')).parentElement!.textContent).toMatch(/differ from what was imported/);
    await fireEvent.click(screen.getByRole('button', { name: 'Choose folder' }));
    await screen.findByText('/out');
    await fireEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    await waitFor(() =>
      expect(core.params('jobs.start')).toEqual([
        { kind: 'export', params: { format: 'csv', folder: { grant: 'g', path: '' }, name: 'harbour-corrected.csv' } },
      ]),
    );
    core.changeJob({
      id: 1,
      kind: 'export',
      state: 'done',
      note: 'Wrote 12 rows to /out/harbour-corrected.csv.',
      endedAt: 1,
    });
    expect(await screen.findByText(/Wrote 12 rows/, { selector: 'p' })).toBeTruthy();
  });

  it('records decisions under another name, and switches single keys off', async () => {
    const core = new FakeCore();
    const state = await renderApp(core);
    await goTo('Settings');
    await fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'Ada' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(core.reviewer).toBe('Ada'));
    await fireEvent.click(screen.getByRole('checkbox', { name: /^Keys of a single character/ }));
    expect(state.preferences.areSingleKeysOn).toBe(false);
    await fireEvent.keyDown(document.body, { key: '?' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('shows all keys in a dialog', async () => {
    await renderApp(new FakeCore());
    await fireEvent.keyDown(document.body, { key: '?' });
    const dialog = await screen.findByRole('dialog', { name: 'All keys' });
    expect(within(dialog).getByText('Accept the suggestion')).toBeTruthy();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});
