import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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
      import('./files/OpenedScreen'),
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
afterEach(() => vi.restoreAllMocks());

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
    'shows how a game would have gone, says that it did not, and goes back',
    async () => {
      const user = openWindow('/games/01KAHMF00000000QZ?seq=18', { scenario: 'ready' });
      await user.click(await find('what-if-open'));
      expect(await find('what-if-skip')).toBeEnabled();
      const [other] = await screen.findAllByTestId('what-if-other', {}, PATIENCE);
      expect(other).toHaveTextContent('Vote: approve');
      await user.click(other as Element);

      // The address changes before the view does.
      const banner = await find('what-if');
      expect(within(banner).getByText('What if: not what happened.')).toBeVisible();
      expect(within(banner).getByText('Nothing is written.')).toBeVisible();
      expect(await find('diff-outcome')).toHaveTextContent('Changes: winner');
      expect(await find('what-if-waits')).toHaveTextContent('a team proposed by Seat 4');
      expect(within(await find('what-if-edit')).getByText('Vote: approve')).toBeVisible();
      expect(within(await find('event-detail')).getByTestId('origin-changed')).toHaveTextContent('Changed');
      expect(within(await find('what-if-dropped')).getAllByText('E-FSM').length).toBeGreaterThan(1);
      expect(within(await find('game-lens')).getByRole('combobox')).toBeDisabled();
      expect(screen.queryByTestId('snapshot-take')).toBeNull();

      // A second edit, out of many that the rules allow.
      await user.click(within(await find('what-if-lane')).getAllByRole('button')[0] as Element);
      await user.keyboard('{ArrowLeft}');
      await waitFor(
        () => expect(screen.getByTestId('game-seq')).toHaveTextContent('Event 17 / 39'),
        PATIENCE,
      );
      await user.click(await find('what-if-open'));
      const others = await find('what-if-others');
      await user.type(within(others).getByRole('combobox'), 'seat 7 seat 1');
      await user.click(await screen.findByTitle(/^Team: Seat 1 .*Seat 2 .*Seat 7/, {}, PATIENCE));
      await waitFor(() => expect(screen.getAllByTestId('what-if-edit')).toHaveLength(2), PATIENCE);

      await user.click(await find('what-if-compare'));
      expect(await find('diff-edited')).toHaveTextContent('2 events are otherwise');
      await user.click(screen.getByText('To the game'));
      await waitFor(() => expect(screen.queryByTestId('what-if')).toBeNull(), PATIENCE);
    },
    TEST_MS,
  );

  it(
    'takes edits back one by one',
    async () => {
      const edits = [18, 31].map((seq) => ({ seq, change: { kind: 'skip' } }));
      const search = `seq=18&whatIf=${encodeURIComponent(JSON.stringify(edits))}`;
      const user = openWindow(`/games/01KAHMF00000000QZ?${search}`, { scenario: 'ready' });
      await find('what-if');
      const [first] = screen.getAllByTestId('what-if-remove');
      await user.click(first as Element);
      await waitFor(() => expect(screen.getAllByTestId('what-if-edit')).toHaveLength(1), PATIENCE);
      expect(screen.getByTestId('what-if-edit')).toHaveTextContent('Event 31');
      await user.click(await find('what-if-clear'));
      await waitFor(() => expect(screen.queryByTestId('what-if')).toBeNull(), PATIENCE);
      expect(window.location.hash).not.toContain('whatIf');
      expect(await find('snapshot-take')).toBeEnabled();

      await user.click(await find('game-place'));
      expect(await find('game-log')).toHaveTextContent('Out of the event log');
      expect(screen.queryByTestId('snapshot-take')).toBeNull();
      await user.click(await find('game-place'));
      expect(await find('snapshot-take')).toBeEnabled();
    },
    TEST_MS,
  );

  it(
    'opens a file of games with no database, and a game of it',
    async () => {
      // Without a height no rows would be in view.
      vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
      const user = openWindow('/games', { scenario: 'down' });
      const upload = async (text: string, size?: number) => {
        const file = new File([text], 'records.json', { type: 'application/json' });
        if (size !== undefined) Object.defineProperty(file, 'size', { value: size });
        await user.upload(await find('open-file-input'), file);
      };
      await upload('{}', 17 * 1024 * 1024);
      expect(await find('open-file-problem')).toHaveTextContent('has 17 MiB, more than the 16 MiB');
      await upload('nothing');
      await waitFor(
        () => expect(screen.getByTestId('open-file-problem')).toHaveTextContent('No game was found'),
        PATIENCE,
      );
      await upload('[{}]');
      expect(await find('opened-file')).toHaveTextContent('records.json');
      expect(await find('file-form')).toHaveTextContent('ProAvalon');
      const rows = await screen.findAllByTestId('opened-row', {}, PATIENCE);
      expect(rows).toHaveLength(3);
      expect(rows[1]).toHaveTextContent('2 rules broken');
      expect(rows[1]).toHaveTextContent("7 votes, 13 quest cards, the assassin's target, times");
      expect(await find('file-unread')).toHaveTextContent('record 4');
      await user.click(within(rows[0] as HTMLElement).getByTestId('opened-game'));
      expect(await find('game-file')).toHaveTextContent('Out of the file records.json');
      expect(screen.queryByTestId('snapshot-take')).toBeNull();
    },
    TEST_MS,
  );

  it(
    'offers to open a file again that is not open any more',
    async () => {
      const user = openWindow('/games/record-5c81d0f2?file=gone', { scenario: 'ready' });
      await find('failure');
      const file = new File(['{}'], 'records.json', { type: 'application/json' });
      await user.upload(await find('open-file-input'), file);
      expect(await find('game-file')).toHaveTextContent('records.json');
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
