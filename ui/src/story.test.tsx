import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQueryClient, followEvents } from './api';
import { platform, replacePlatform } from './platform';
import { createMockPlatform } from './platform/mock';
import { PreferencesProvider } from './shared/preferences';
import { createWindowRouter } from './shell/router';

type MockOptions = NonNullable<Parameters<typeof createMockPlatform>[0]>;

/** Long, because other builds may share the machine; nothing is measured by it. */
const PATIENCE = { timeout: 60_000 };
const TEST_MS = 300_000;

function openWindow(path: string, options: MockOptions) {
  window.location.hash = path;
  replacePlatform(createMockPlatform({ language: 'en', theme: 'light', tickMs: 1, ...options }));
  const client = createQueryClient();
  followEvents(client);
  render(
    <QueryClientProvider client={client}>
      <PreferencesProvider>
        <RouterProvider router={createWindowRouter()} />
      </PreferencesProvider>
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

const find = (id: string) => screen.findByTestId(id, {}, PATIENCE);

// Screens are loaded on demand; loading them first keeps their compilation out of the tests.
beforeAll(
  () =>
    Promise.all([
      import('./backups/BackupsScreen'),
      import('./browse/BrowseScreen'),
      import('./backups/CreateBackupDialog'),
      import('./diff/DiffScreen'),
      import('./games/GameScreen'),
      import('./games/GamesScreen'),
      import('./jobs/JobScreen'),
      import('./overview/DamageDialog'),
      import('./overview/OverviewScreen'),
      import('./restore/RestoreScreen'),
      import('./setup/SetupScreen'),
    ]),
  TEST_MS,
);

beforeEach(() => localStorage.clear());

describe('the story in the window', () => {
  it(
    'goes from the first run to a first backup',
    async () => {
      const user = openWindow('/', { scenario: 'first-run' });
      await user.click(await find('setup-sandbox'));
      await user.click(await find('setup-first-backup'));
      await user.click(await find('backup-create-confirm'));
      expect(await find('backup-done')).toBeVisible();
    },
    TEST_MS,
  );

  it(
    'damages data, finds the damage, restores, and shows the proof',
    async () => {
      const user = openWindow('/', { scenario: 'ready' });
      await user.click(await find('damage-open'));
      await user.click(await find('damage-confirm'));
      await find('damage-done');
      await user.click(await find('damage-restore'));
      await user.click(await find('restore-plan'));
      const plan = await find('restore-plan-shown');
      expect(within(plan).getByText('+20')).toBeInTheDocument();
      await user.click(await find('restore-to-confirm'));

      const apply = await find('restore-apply');
      expect(apply).toBeDisabled();
      await user.type(await find('restore-confirm-name'), 'avalo');
      expect(apply).toBeDisabled();
      await user.type(await find('restore-confirm-name'), 'n');
      expect(apply).toBeEnabled();
      await user.click(apply);

      expect(await find('restore-verified')).toHaveAttribute('data-verified', 'true');
      expect(await find('restore-undo')).toBeInTheDocument();
    },
    TEST_MS,
  );

  it(
    'steps through a game by keyboard, and the address follows',
    async () => {
      const user = openWindow('/games/01KAHMF00000000QZ?seq=20', { scenario: 'ready' });
      expect(await find('game-seq')).toHaveTextContent('Event 20 /');
      await user.keyboard('{ArrowRight}');
      expect(await screen.findByText(/Event 21 \//, {}, PATIENCE)).toBeInTheDocument();
      await user.keyboard('{ArrowDown}');
      expect(await screen.findByText(/Event 34 \//, {}, PATIENCE)).toBeInTheDocument();
      expect(window.location.hash).toContain('seq=34');
    },
    TEST_MS,
  );

  it(
    'compares two moments, swaps them, and finds when a member of the state changed',
    async () => {
      const user = openWindow('/games/01KAHMF00000000QZ?seq=31', { scenario: 'ready' });
      await user.click(await find('game-compare'));
      expect(await find('diff-outcome')).toHaveTextContent('Changes: winner, statistics, ratings');
      expect(within(await find('diff-facts')).getAllByTestId('diff-fact')).toHaveLength(6);
      expect(await find('diff-before-seq')).toHaveTextContent('Event 31 /');
      await user.keyboard('x');
      await waitFor(() => expect(window.location.hash).toContain('to=31'), PATIENCE);
      await user.click(await find('diff-tab-structure'));
      expect(await find('diff-structure')).toHaveTextContent('phase "TEAM_VOTING"→"ENDED"');

      await user.click(screen.getByText('To the game'));
      await user.click(await screen.findByText('State', {}, PATIENCE));
      await user.click(within(await find('game-state')).getByText('phase'));
      const steps = await screen.findAllByTestId('bisect-step', {}, PATIENCE);
      await user.click(steps[1] as Element);
      await waitFor(() => expect(window.location.hash).toMatch(/seq=\d+/), PATIENCE);
      await user.click(await find('snapshot-take'));
      await waitFor(
        () => expect(screen.getByTestId('snapshot-take')).toHaveAttribute('data-taken', 'true'),
        PATIENCE,
      );
    },
    TEST_MS,
  );

  it(
    'shares a game as a file and exports a difference, after saying what is in it',
    async () => {
      const user = openWindow('/games/01KAHMF00000000QZ', { scenario: 'ready' });
      const saved: [string, string][] = [];
      replacePlatform({
        ...platform(),
        saveText: async (name, text) => {
          saved.push([name, text]);
          return true;
        },
      });
      await user.click(await find('game-share'));
      expect(await find('share-warning')).toHaveTextContent('every role, vote and quest card');
      const dialog = within(await screen.findByRole('dialog', {}, PATIENCE));
      await user.click(dialog.getByRole('combobox'));
      await user.click((await screen.findAllByTitle('Audience', {}, PATIENCE)).at(-1) as Element);
      expect(await find('share-sees')).toHaveTextContent('roles only once the game is over');
      expect(screen.queryByTestId('share-warning')).toBeNull();
      await user.click(await find('share-seats'));
      await user.click(await find('share-save'));
      await waitFor(() => expect(saved).toHaveLength(1), PATIENCE);
      expect(saved[0]?.[0]).toBe('avalon-01KAHMF00000000QZ-audience.html');
      expect(saved[0]?.[1]).toContain('lang="en"');
      expect(saved[0]?.[1]).toContain('audience: 7');
      await waitFor(() => expect(screen.queryByTestId('share-save')).toBeNull(), PATIENCE);

      await user.click(await find('game-compare'));
      await user.click(await find('diff-export'));
      await user.click(await find('diff-export-json'));
      await waitFor(() => expect(saved).toHaveLength(2), PATIENCE);
      expect(JSON.parse(saved[1]?.[1] ?? '').before.row.id).toBe('01KAHMF00000000QZ');
    },
    TEST_MS,
  );

  it(
    'says what to do when the service does not answer',
    async () => {
      openWindow('/games', { scenario: 'down' });
      const failure = await find('failure');
      expect(failure).toHaveTextContent('The server does not answer');
      expect(within(failure).getByRole('button', { name: 'Try again' })).toBeEnabled();
    },
    TEST_MS,
  );

  it(
    'looks inside a backup, filters, and opens a document by keyboard',
    async () => {
      const user = openWindow('/backups/01KAJ3ZV2Q8T5C4N7R1MXW6E4A/browse?class=history', {
        scenario: 'ready',
      });
      const history = await screen.findAllByTestId('browse-collection', {}, PATIENCE);
      await user.click(
        history.find(({ dataset }) => dataset.collection === 'history/game_history') as Element,
      );
      await user.type(await find('browse-where'), '01KAHMF00000003QZ');
      await user.click(await find('browse-filter'));
      await waitFor(
        async () => expect(await find('browse-amount')).toHaveTextContent('1 of 1,240 · found by key'),
        PATIENCE,
      );
      expect(window.location.hash).toContain('_id');
      (document.activeElement as HTMLElement).blur();
      await user.keyboard('{ArrowDown}{Enter}');
      expect(await find('browse-document')).toHaveTextContent('MERLIN');
    },
    TEST_MS,
  );
});
