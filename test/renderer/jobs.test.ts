import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeCore } from './fake-core.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(closeApps);

describe('jobs', () => {
  it('shows done of total, rate and time left, and cancels', async () => {
    const core = new FakeCore();
    await renderApp(core);
    core.changeJob({
      id: 1,
      kind: 'extract',
      state: 'running',
      done: 12_400,
      total: 50_000,
      stage: 'extracting',
      perSecond: 412.4,
      secondsLeft: 91,
    });
    const bar = await screen.findByRole('group', { name: 'Extracting features' });
    expect(bar.textContent).toMatch(/12\u202f400 of 50\u202f000\s+412 a second\s+2\u202fmin left/);
    expect(within(bar).getByRole('progressbar').getAttribute('value')).toBe('0.248');
    await fireEvent.click(within(bar).getByRole('button', { name: 'Cancel' }));
    await screen.findByText(/Extracting features was cancelled\. Stopped; what was done is kept\./);
    expect(core.params('jobs.cancel')).toEqual([{ id: 1 }]);
    expect(screen.queryByRole('group', { name: 'Extracting features' })).toBeNull();
  });

  it('says in one sentence why a job failed, and tries it again with what waited for it', async () => {
    const core = new FakeCore();
    await renderApp(core);
    core.changeJob({ id: 2, kind: 'fit', state: 'queued' });
    core.changeJob({
      id: 1,
      kind: 'extract',
      state: 'failed',
      error: 'The model file has moved. Choose it again.',
      endedAt: 1,
    });
    core.changeJob({ id: 2, kind: 'fit', state: 'cancelled', note: 'Not started.', endedAt: 1 });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Extracting features failed. The model file has moved. Choose it again.');
    await fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(core.params('jobs.start')).toEqual([{ kind: 'fit', params: {}, after: 3 }]));
    expect(core.params('jobs.resume')).toEqual([{ id: 1 }]);
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('offers to resume what was interrupted before, and can be dismissed', async () => {
    const core = new FakeCore();
    core.changeJob({ id: 1, kind: 'extract', state: 'interrupted', note: null, endedAt: 1 });
    await renderApp(core);
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByRole('button', { name: 'Resume' })).toBeTruthy();
    await fireEvent.click(within(alert).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says nothing of what was cancelled in an earlier sitting', async () => {
    const core = new FakeCore();
    core.changeJob({ id: 1, kind: 'extract', state: 'cancelled', endedAt: 1 });
    await renderApp(core);
    await screen.findByRole('button', { name: /^Start reviewing/ });
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('tells of a failure also of a job that was under way when the page came', async () => {
    const core = new FakeCore();
    core.changeJob({ id: 1, kind: 'extract', state: 'queued' });
    await renderApp(core);
    core.changeJob({ id: 1, kind: 'extract', state: 'failed', error: 'The model file has moved.', endedAt: 1 });
    expect((await screen.findByRole('alert')).textContent).toContain('The model file has moved.');
  });
});
