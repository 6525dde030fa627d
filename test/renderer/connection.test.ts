import { screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { Connection } from '../../src/renderer/state/connection.svelte.ts';
import { FakeCore } from './fake-core.ts';
import { closeApps, renderApp } from './render-app.ts';

afterEach(closeApps);

describe('connection', () => {
  it('keeps the screen when the line is lost, and goes on when it is back', async () => {
    const core = new FakeCore();
    await renderApp(core);
    core.hangUp();
    await screen.findByText(/The connection to Second Look was lost and is being opened again/);
    expect(screen.getByRole('button', { name: /^Start reviewing/ })).toBeTruthy();
    await waitFor(() => expect(screen.queryByText(/was lost and is being opened again/)).toBeNull());
    core.changeOverview({ problemCount: 2, problems: [] });
    expect(await screen.findByText('2 problems; everything else goes on')).toBeTruthy();
  });

  it('opens the project again when core was started anew', async () => {
    const core = new FakeCore();
    await renderApp(core);
    core.isOpen = false;
    core.hangUp();
    await waitFor(() => expect(core.params('projects.open')).toEqual([{ recent: 'r1' }]));
    expect(screen.getByRole('button', { name: /^Start reviewing/ })).toBeTruthy();
  });

  it('says what to do when the host refuses for good, and does not try again', async () => {
    const sentence = 'This address is from an earlier start of Second Look.';
    const connection = new Connection({ openPort: () => Promise.reject(new AppError('unavailable', sentence)) });
    await connection.open();
    expect([connection.state, connection.refusal]).toEqual(['refused', sentence]);
    await expect(connection.call('app.describe', {})).rejects.toMatchObject({ code: 'unavailable' });
  });
});
