import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { FakeCore } from './fake-core.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(closeApps);

async function click(name: string): Promise<void> {
  const button = await screen.findByRole('button', { name });
  await waitFor(() => expect(button).toHaveProperty('disabled', false));
  await fireEvent.click(button);
}
const grant = (id: string, displayPath: string) => Promise.resolve({ id, displayPath, kind: 'folder' as const });

describe('new project', () => {
  it('goes from folders to a project with its jobs in a chain', async () => {
    const core = new FakeCore({ isOpen: false });
    await renderApp(core);
    await click('New project');
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true);

    await click('Choose images folder');
    await click('photos');
    await screen.findByText('/data/photos');
    await click('Choose this folder');
    await click('Continue');

    await screen.findByText('train images, which are reviewed');
    expect(core.params('imports.preview')).toEqual([
      { images: { grant: 'root', path: 'photos' }, labels: { format: 'folders' }, testFraction: 0.2, seed: 1 },
    ]);
    expect(screen.getByText('1 problem; everything else goes on')).toBeTruthy();
    const share = screen.getByLabelText<HTMLInputElement>('Test split, per cent of each class');
    await fireEvent.input(share, { target: { value: '95' } });
    await fireEvent.change(share);
    await waitFor(() => expect(core.params('imports.preview')).toMatchObject([{}, { testFraction: 0.9 }]));
    await waitFor(() => expect(share.value).toBe('90'));
    expect(within(screen.getByRole('region', { name: 'Classes' })).getAllByRole('row').length).toBe(4);
    await click('Continue');

    await click('Choose model');
    await click('resnet.onnx');
    await screen.findByText(/Gemm, 512 features to 1 000 classes/);
    await screen.findByText('its own first class: ship, 31.0 %');
    await fireEvent.change(screen.getByLabelText('Mean'), { target: { value: '0.5 0.5' } });
    expect((await screen.findByRole('alert')).textContent).toContain('3 numbers');
    await fireEvent.change(screen.getByLabelText('Mean'), { target: { value: '0.5, 0.5, 0.5' } });
    const pictures = [{ grant: 'root', path: 'photos/ship/0001.png' }];
    const file = { grant: 'root', path: 'resnet.onnx' };
    await screen.findByText('its own first class: ship, 97.0 %');
    const preprocessing = { mean: [0.5, 0.5, 0.5] };
    const heads = screen.getByRole('combobox', { name: 'Output whose head is used: fine' });
    await fireEvent.keyDown(heads, { key: 'Enter' });
    await fireEvent.pointerUp(await screen.findByRole('option', { name: 'coarse' }));
    await screen.findByRole('combobox', { name: 'Output whose head is used: coarse' });
    await screen.findByText('its own first class: ship, 97.0 %');
    expect(core.params('models.inspect')).toEqual([
      { file, preprocessing: {}, pictures },
      { file, preprocessing, pictures },
      { file, preprocessing, head: 'coarse', pictures },
    ]);
    await click('Continue');

    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('photos');
    await click('Choose project folder');
    await click('Choose this folder');
    await click('Create the project');

    await waitFor(() => expect(core.params('jobs.start').length).toBe(3));
    expect(core.params('projects.create')).toEqual([{ folder: { grant: 'root', path: '' }, name: 'photos' }]);
    expect(core.params('models.set')).toEqual([
      { file: { grant: 'root', path: 'resnet.onnx' }, preprocessing, head: 'coarse' },
    ]);
    expect(core.params('jobs.start')).toMatchObject([
      { kind: 'import', params: { images: { grant: 'root', path: 'photos' } } },
      { kind: 'extract', after: 1 },
      { kind: 'fit', after: 2 },
    ]);
    expect(await screen.findByText('Work is under way')).toBeTruthy();
  });

  it('uses the dialogs of the shell where there are any', async () => {
    const core = new FakeCore({ isOpen: false });
    await renderApp(core, {
      pickFolder: () => grant('g1', '/home/lin/pictures'),
      pickFile: () => grant('g2', '/home/lin/labels.csv'),
    });
    await click('New project');
    await click('Choose images folder');
    await screen.findByText('/home/lin/pictures');
    await fireEvent.click(screen.getByRole('radio', { name: /^A CSV file/ }));
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true);
    await click('Choose label file');
    await click('Continue');
    await screen.findByText('train images, which are reviewed');
    expect(core.params('imports.preview')).toMatchObject([
      { labels: { format: 'csv', file: { grant: 'g2', path: '' } } },
    ]);
    expect(core.params('grants.list')).toEqual([]);
  });

  it('says beside it what could not be understood', async () => {
    const core = new FakeCore({ isOpen: false });
    await renderApp(core, {
      pickFolder: () => grant('g1', '/home/lin/pictures'),
      pickFile: () => Promise.resolve(null),
    });
    core.failNext(
      'imports.preview',
      new AppError('bad-request', 'There is no folder of images in /home/lin/pictures. Choose the one above.'),
    );
    await click('New project');
    await click('Choose images folder');
    await click('Continue');
    expect((await screen.findByRole('alert')).textContent).toContain('There is no folder of images');
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true);
  });

  it('goes on from the created file when the model is refused at the end', async () => {
    const core = new FakeCore({ isOpen: false });
    await renderApp(core, {
      pickFolder: () => grant('g1', '/home/lin/pictures'),
      pickFile: () => grant('g2', '/home/lin/model.onnx'),
    });
    core.failNext('models.set', new AppError('unsupported', 'The model has no linear head.'));
    await click('New project');
    await click('Choose images folder');
    await click('Continue');
    await screen.findByText('train images, which are reviewed');
    await click('Continue');
    await click('Choose model');
    await screen.findByLabelText('Mean');
    await click('Continue');
    await click('Choose project folder');
    await click('Create the project');
    expect((await screen.findByRole('alert')).textContent).toContain('The model has no linear head.');
    await click('Create the project');
    await waitFor(() => expect(core.params('jobs.start').length).toBe(3));
    expect(core.params('projects.create').length).toBe(1);
  });
});
