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
      import('./snapshots/SnapshotScreen'),
      import('./snapshots/SnapshotsScreen'),
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
      const step = steps[1] as HTMLElement;
      const seq = (step.textContent ?? '').match(/^\d+/)?.[0];
      await user.click(step);
      // The address changes before the view does; the snapshot is of what is shown.
      await waitFor(
        () => expect(screen.getByTestId('game-seq')).toHaveTextContent(`Event ${seq} /`),
        PATIENCE,
      );
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

  it(
    'finds a snapshot, keeps the filters as a view, opens it, changes the lens, and steps along',
    async () => {
      const user = openWindow('/snapshots', { scenario: 'ready' });
      expect(await find('snapshots-total')).toHaveTextContent('10,000+');
      await user.type(await find('snapshots-game'), '01KAHMF00000000QZ{Enter}');
      await waitFor(() => expect(screen.getByTestId('snapshots-total')).toHaveTextContent('17'), PATIENCE);
      await user.click(await find('snapshots-kind-mission_executed'));
      await waitFor(() => expect(screen.getByTestId('snapshots-total')).toHaveTextContent('4'), PATIENCE);

      await user.click(await find('snapshots-views'));
      await user.click(await find('snapshots-view-save'));
      await user.type(await find('snapshots-view-name'), 'Quests of one game{Enter}');
      await waitFor(
        () => expect(screen.getByTestId('snapshots-views')).toHaveTextContent('Quests of one game'),
        PATIENCE,
      );
      await user.click(await find('snapshots-clear-all'));
      await waitFor(() => expect(screen.getByTestId('snapshots-total')).toHaveTextContent('+'), PATIENCE);
      await user.click(await find('snapshots-views'));
      await user.click(await find('snapshots-view'));
      await waitFor(() => expect(screen.getByTestId('snapshots-total')).toHaveTextContent('4'), PATIENCE);

      // The keys move along the rows and open the one at hand.
      await user.click(document.body);
      await user.keyboard('{ArrowDown}{Enter}');
      expect(await find('snapshot-seq')).toHaveTextContent('52');
      expect(await find('snapshot-hash')).toHaveAttribute('data-verdict', 'verified');
      expect(await find('seat-0')).toHaveTextContent('Merlin');
      await user.click(within(await find('game-lens')).getByRole('combobox'));
      await user.click(await screen.findByTitle('Audience'));
      await waitFor(() => expect(screen.getByTestId('seat-0')).not.toHaveTextContent('Merlin'), PATIENCE);
      await user.click(await find('snapshot-next'));
      await waitFor(() => expect(screen.getByTestId('snapshot-seq')).toHaveTextContent('53'), PATIENCE);
      expect(screen.getByTestId('seat-0')).not.toHaveTextContent('Merlin');
      await user.click(await find('snapshot-to-game'));
      expect(await find('game-seq')).toHaveTextContent('53');
      await user.click(await find('event-snapshot'));
      expect(await find('snapshot-stored')).toBeVisible();
    },
    TEST_MS,
  );

  it(
    'compares two snapshots that were chosen, and steps and swaps them',
    async () => {
      const user = openWindow('/snapshots?game=01KAHMF00000000QZ', { scenario: 'ready' });
      expect(await find('snapshots-total')).toHaveTextContent('17');
      expect(await find('snapshots-compare')).toBeDisabled();
      await user.keyboard('{ArrowDown}x');
      expect(await find('snapshots-compare')).toHaveTextContent('1 of 2');
      await user.keyboard('{ArrowDown>6/}x');
      await user.click(await find('snapshots-compare'));
      // The one of the earlier event comes first, in whatever order they were chosen.
      expect(await find('diff-before-seq')).toHaveTextContent('48');
      expect(await find('diff-after-seq')).toHaveTextContent('88');
      await user.click(within(await find('diff-after')).getByRole('button', { name: 'Snapshot before' }));
      await waitFor(() => expect(screen.getByTestId('diff-after-seq')).toHaveTextContent('86'), PATIENCE);
      await user.click(await find('diff-swap'));
      await waitFor(() => expect(screen.getByTestId('diff-before-seq')).toHaveTextContent('86'), PATIENCE);
      expect(screen.getByTestId('diff-after-seq')).toHaveTextContent('48');
    },
    TEST_MS,
  );
});
