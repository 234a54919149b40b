/**
 * Every screen in the states that decide: where it is, what the mock begins with, and what is done
 * there before the picture is taken. `ready` is what must be on screen.
 */
const LATEST = '01KAJ3ZV2Q8T5C4N7R1MXW6E4A';
const GAME = '01KAHMF00000000QZ';
/** Two snapshots of the game, the second after the first. */
const EARLIER_SNAPSHOT = 'df4db803-0d4a-8c1e-9a21-000000024006';
const SNAPSHOT = 'b78320ff-0d4a-8c1e-9a21-000000024010';
const FOREIGN_SNAPSHOT = 'aeed6b11-0d4a-8c1e-9a21-000000032016';
const GAME_WITH_FINDING = '01KAHMF0000163ZQZ';

/** A vote of the game, otherwise, and one of its cards taken out. */
const EDITS = encodeURIComponent(
  JSON.stringify([
    { seq: 18, change: { kind: 'set', payload: { vote: 'approve' } } },
    { seq: 36, change: { kind: 'skip' } },
  ]),
);

/** Opens a file of games from where one can be. */
async function openFile(page, text) {
  await byId(page, 'open-file-input').setInputFiles({
    name: 'records-2026-11.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
}

const byId = (page, id) => page.getByTestId(id);

/** Goes on from a plan to the end of a restore. */
async function restoreThrough(page) {
  await byId(page, 'restore-to-confirm').click();
  await byId(page, 'restore-confirm-name').fill('avalon');
  await byId(page, 'restore-apply').click();
}

export const scenes = [
  { name: 'setup', path: '/setup', query: 'scenario=first-run', ready: 'setup-sandbox' },
  {
    name: 'setup-connect',
    path: '/setup?choice=connect',
    query: 'scenario=first-run',
    ready: 'setup-connect-submit',
  },
  {
    name: 'setup-vault',
    path: '/setup?choice=vault',
    query: 'scenario=first-run',
    ready: 'setup-vault-submit',
  },
  {
    name: 'setup-progress',
    path: '/setup',
    query: 'scenario=first-run&still',
    act: (page) => byId(page, 'setup-sandbox').click(),
    ready: 'job-progress',
  },
  {
    name: 'setup-done',
    path: '/setup',
    query: 'scenario=first-run',
    act: (page) => byId(page, 'setup-sandbox').click(),
    ready: 'setup-first-backup',
  },
  { name: 'overview', path: '/', ready: 'headline' },
  { name: 'overview-busy', path: '/', query: 'scenario=busy&still', ready: 'job-progress' },
  { name: 'overview-empty', path: '/', query: 'scenario=empty', ready: 'headline' },
  { name: 'overview-error', path: '/', query: 'scenario=down', ready: 'failure' },
  { name: 'damage', path: '/?dialog=damage', ready: 'damage-confirm' },
  {
    name: 'damage-done',
    path: '/?dialog=damage',
    act: (page) => byId(page, 'damage-confirm').click(),
    ready: 'damage-done',
  },
  { name: 'palette', path: '/', act: (page) => byId(page, 'palette-open').click(), ready: 'palette-input' },
  {
    name: 'keys',
    path: `/games/${GAME}`,
    act: async (page) => {
      await byId(page, 'game').waitFor();
      await page.keyboard.press('?');
    },
    ready: 'keys-help',
  },
  {
    name: 'jobs',
    path: '/',
    query: 'scenario=busy&still',
    act: (page) => byId(page, 'jobs-open').click(),
    ready: 'job-list',
  },
  { name: 'backups', path: '/backups', ready: 'backup-row' },
  { name: 'backups-empty', path: '/backups', query: 'scenario=empty', ready: 'backups' },
  { name: 'backup-create', path: '/backups?dialog=backup', ready: 'backup-create-confirm' },
  {
    name: 'backup-running',
    path: '/backups?dialog=backup',
    query: 'still',
    act: (page) => byId(page, 'backup-create-confirm').click(),
    ready: 'job-progress',
  },
  {
    name: 'backup-done',
    path: '/backups?dialog=backup',
    act: (page) => byId(page, 'backup-create-confirm').click(),
    ready: 'backup-done',
  },
  { name: 'backup', path: `/backups/${LATEST}`, ready: 'backup-detail' },
  {
    name: 'backup-compared',
    path: '/?dialog=damage',
    act: async (page) => {
      await byId(page, 'damage-confirm').click();
      await byId(page, 'damage-compare').click();
      await byId(page, 'backup-compare').click();
      await byId(page, 'compare-start').click();
    },
    ready: 'compare-result',
  },
  {
    name: 'backup-verified',
    path: `/backups/${LATEST}`,
    act: (page) => byId(page, 'backup-verify').click(),
    ready: 'verify-result',
  },
  {
    name: 'backup-sampled',
    path: `/backups/${LATEST}`,
    act: async (page) => {
      await byId(page, 'verify-sample').fill('10');
      await byId(page, 'backup-verify').click();
    },
    ready: 'coverage',
  },
  {
    name: 'backup-findings',
    path: `/backups/${LATEST}`,
    act: (page) => byId(page, 'backup-verify-L4').click(),
    ready: 'verify-result',
  },
  {
    name: 'backup-menu',
    path: '/backups',
    act: (page) => byId(page, 'backup-menu').first().click(),
    ready: 'backup-menu-export',
  },
  { name: 'backup-compare', path: `/backups?dialog=compare&subject=${LATEST}`, ready: 'compare-start' },
  { name: 'backup-export', path: `/backups?dialog=export&subject=${LATEST}`, ready: 'export-start' },
  {
    name: 'backup-exported',
    path: `/backups/${LATEST}?dialog=export&subject=${LATEST}`,
    act: async (page) => {
      await byId(page, 'export-folder').fill('/srv/dumps');
      await byId(page, 'export-start').click();
    },
    ready: 'export-done',
  },
  {
    name: 'backup-export-refused',
    path: `/backups?dialog=export&subject=${LATEST}`,
    act: async (page) => {
      await byId(page, 'export-folder').fill('/srv/taken');
      await byId(page, 'export-start').click();
    },
    ready: 'export-refused',
  },
  {
    name: 'browse',
    path: `/backups/${LATEST}/browse?class=history&collection=game_history`,
    ready: 'browse-row',
  },
  {
    name: 'browse-document',
    path: `/backups/${LATEST}/browse?class=history&collection=game_history&key=game_history.3`,
    ready: 'browse-document',
  },
  {
    name: 'browse-json',
    path: `/backups/${LATEST}/browse?class=history&collection=game_events&key=game_events.3&tab=json`,
    ready: 'browse-document',
  },
  {
    name: 'browse-filtered',
    path: `/backups/${LATEST}/browse?class=history&collection=game_events&game=01KAHMF00000007QZ`,
    ready: 'browse-continue',
  },
  {
    name: 'browse-none',
    path: `/backups/${LATEST}/browse?class=accounts&collection=users&where=_id%3Dnobody`,
    ready: 'browse',
  },
  {
    name: 'browse-redis',
    path: `/backups/${LATEST}/browse?class=active&collection=$redis`,
    ready: 'browse-row',
  },
  { name: 'browse-missing', path: '/backups/01NOTHERE/browse', ready: 'failure' },
  { name: 'backup-missing', path: '/backups/01NOTHERE', ready: 'failure' },
  { name: 'restore-choose', path: '/restore', ready: 'restore-choose' },
  { name: 'restore-scope', path: `/restore?backup=${LATEST}&step=scope`, ready: 'restore-plan' },
  { name: 'restore-plan', path: `/restore?backup=${LATEST}&step=plan`, ready: 'restore-plan-shown' },
  { name: 'restore-confirm', path: `/restore?backup=${LATEST}&step=confirm`, ready: 'restore-confirm-name' },
  {
    name: 'restore-running',
    path: `/restore?backup=${LATEST}&step=plan`,
    query: 'still',
    act: restoreThrough,
    ready: 'job-progress',
  },
  {
    name: 'restore-proof',
    path: `/restore?backup=${LATEST}&step=plan`,
    act: restoreThrough,
    ready: 'restore-verified',
  },
  { name: 'games-live', path: '/games', ready: 'game-row' },
  { name: 'games-finished', path: '/games?status=finished', ready: 'game-row' },
  { name: 'games-none', path: '/games?status=finished&q=nothing', ready: 'games' },
  { name: 'game', path: `/games/${GAME}?seq=63`, ready: 'game' },
  { name: 'game-rules', path: `/games/${GAME}?seq=1`, ready: 'rules-facts' },
  { name: 'game-vote', path: `/games/${GAME}?seq=35`, ready: 'game' },
  { name: 'game-ended', path: `/games/${GAME}?tab=events`, ready: 'game-winner' },
  { name: 'game-audience', path: `/games/${GAME}?seq=33&viewer=audience`, ready: 'game' },
  { name: 'game-findings', path: `/games/${GAME_WITH_FINDING}?seq=31&tab=findings`, ready: 'finding' },
  {
    name: 'game-bisect',
    path: `/games/${GAME}?seq=63&tab=state`,
    act: (page) => page.locator('[data-path="phase"]').click(),
    ready: 'bisect-step',
  },
  { name: 'game-diff', path: `/games/${GAME}/compare?from=31&viewer=god`, ready: 'diff-facts' },
  {
    name: 'game-diff-structure',
    path: `/games/${GAME}/compare?from=31&tab=structure`,
    ready: 'diff-structure',
  },
  { name: 'game-diff-json', path: `/games/${GAME}/compare?from=31&tab=raw`, ready: 'diff' },
  { name: 'game-diff-none', path: `/games/${GAME}/compare?fromBackup=${LATEST}`, ready: 'diff-outcome' },
  {
    name: 'game-share',
    path: `/games/${GAME}?seq=63`,
    act: (page) => byId(page, 'game-share').click(),
    ready: 'share-warning',
  },
  {
    name: 'game-share-audience',
    path: `/games/${GAME}?seq=63&viewer=audience`,
    act: async (page) => {
      await byId(page, 'game-share').click();
      await byId(page, 'share-seats').click();
    },
    ready: 'share-sees',
  },
  {
    name: 'game-diff-export',
    path: `/games/${GAME}/compare?from=31&viewer=god`,
    act: (page) => byId(page, 'diff-export').click(),
    ready: 'diff-export-markdown',
  },
  { name: 'game-kept', path: `/games/${GAME}?seq=40&backup=${LATEST}`, ready: 'game-kept' },
  { name: 'game-state', path: `/games/${GAME}?seq=63&tab=state`, ready: 'game-state' },
  { name: 'snapshots', path: '/snapshots', ready: 'snapshot-row' },
  {
    name: 'snapshots-chosen',
    path: '/snapshots?kinds=["game_over","manual"]',
    act: async (page) => {
      await byId(page, 'snapshot-choose').nth(1).click();
      await byId(page, 'snapshot-choose').nth(3).click();
    },
    ready: 'snapshot-row',
  },
  {
    name: 'snapshots-views',
    path: '/snapshots?kinds=["mission_executed"]&range=24h',
    act: async (page) => {
      await byId(page, 'snapshots-views').click();
      await byId(page, 'snapshots-view-save').click();
      await byId(page, 'snapshots-view-name').fill('Quests');
    },
    ready: 'snapshots-view-name',
  },
  { name: 'snapshots-named', path: '/snapshots?from=1795300000000&to=1795325000000', ready: 'snapshots' },
  { name: 'snapshots-none', path: '/snapshots?game=nothing&kinds=["manual"]', ready: 'snapshots-clear' },
  { name: 'snapshots-wide', path: '/snapshots?text=0', ready: 'snapshots-clear' },
  { name: 'snapshots-empty', path: '/snapshots', query: 'scenario=empty', ready: 'snapshots-to-games' },
  { name: 'snapshots-error', path: '/snapshots', query: 'scenario=down', ready: 'failure' },
  {
    name: 'snapshots-verified',
    path: '/snapshots',
    act: (page) => byId(page, 'snapshots-verify').click(),
    ready: 'snapshot-verify-result',
  },
  { name: 'snapshot', path: `/snapshots/${SNAPSHOT}`, ready: 'snapshot-stored' },
  {
    name: 'snapshot-document',
    path: `/snapshots/${SNAPSHOT}?tab=document&viewer=audience`,
    ready: 'snapshot-document',
  },
  {
    name: 'snapshot-foreign',
    path: `/snapshots/${FOREIGN_SNAPSHOT}?tab=changes`,
    ready: 'snapshot-not-whole',
  },
  { name: 'snapshot-missing', path: '/snapshots/none', ready: 'failure' },
  {
    name: 'snapshot-diff',
    path: `/games/${GAME}/compare?fromSnapshot=${EARLIER_SNAPSHOT}&toSnapshot=${SNAPSHOT}`,
    ready: 'diff-after-snapshot',
  },
  { name: 'game-what-if', path: `/games/${GAME}?seq=18&whatIf=${EDITS}`, ready: 'what-if-lane' },
  {
    name: 'game-what-if-timeline',
    path: `/games/${GAME}?seq=18&tab=events&whatIf=${EDITS}`,
    act: (page) => byId(page, 'play').scrollIntoViewIfNeeded(),
    ready: 'what-if-lane',
  },
  {
    name: 'game-what-if-details',
    path: `/games/${GAME}?seq=25&tab=events&whatIf=${EDITS}`,
    act: async (page) => {
      await byId(page, 'what-if-facts').locator('summary').click();
      await byId(page, 'what-if-dropped').locator('summary').click();
    },
    ready: 'diff-facts',
  },
  {
    name: 'game-what-if-choose',
    path: `/games/${GAME}?seq=18`,
    act: (page) => byId(page, 'what-if-open').click(),
    ready: 'what-if-other',
  },
  {
    name: 'game-what-if-search',
    path: `/games/${GAME}?seq=17`,
    act: async (page) => {
      await byId(page, 'what-if-open').click();
      await byId(page, 'what-if-others').click();
    },
    ready: 'what-if-others',
  },
  {
    name: 'game-what-if-compare',
    path: `/games/${GAME}/compare?toWhatIf=${EDITS}`,
    ready: 'diff-edited',
  },
  {
    name: 'game-what-if-impossible',
    path: `/games/${GAME}?whatIf=[{"seq":999,"change":{"kind":"skip"}}]`,
    ready: 'game-unedited',
  },
  { name: 'game-file-gone', path: '/games/record-5c81d0f2?file=gone', ready: 'failure' },
  { name: 'game-event-log', path: `/games/${GAME}?seq=25&log=true`, ready: 'game-log' },
  {
    name: 'games-open-file',
    path: '/games',
    act: (page) => openFile(page, '[{}]'),
    ready: 'file-unread',
  },
  {
    name: 'games-open-problem',
    path: '/games',
    query: 'scenario=down',
    act: (page) => openFile(page, 'no game'),
    ready: 'open-file-problem',
  },
  { name: 'games-file-gone', path: '/games/file/none', ready: 'file-gone' },
  { name: 'game-file', path: `/games/record-5c81d0f2?file=a3f19c02d4e7b851`, ready: 'game-file' },
  { name: 'game-missing', path: '/games/01NOTHERE', ready: 'game-to-snapshots' },
  { name: 'game-snapshots', path: `/games/${GAME}?seq=52`, ready: 'event-snapshot' },
  { name: 'storage', path: '/storage', ready: 'prune-preview' },
  {
    name: 'storage-retention',
    path: '/storage',
    act: (page) => byId(page, 'retention-plan').click(),
    ready: 'retention-shown',
  },
  {
    name: 'storage-pruned',
    path: '/storage',
    act: (page) => byId(page, 'prune-preview').click(),
    ready: 'prune-result',
  },
  {
    name: 'storage-policy',
    path: '/storage',
    act: async (page) => {
      await byId(page, 'policy-open').click();
      await byId(page, 'policy-keep-history').fill('365');
    },
    ready: 'policy-forecast',
  },
  {
    name: 'storage-key-add',
    path: '/storage',
    act: (page) => byId(page, 'key-add').click(),
    ready: 'key-passphrase',
  },
  {
    name: 'storage-key-keeper',
    path: '/storage',
    act: (page) => byId(page, 'key-keeper').click(),
    ready: 'keeper-kind',
  },
  {
    name: 'storage-recovery',
    path: '/storage',
    act: async (page) => {
      await byId(page, 'key-recovery').click();
      await byId(page, 'recovery-make').click();
    },
    ready: 'recovery-kit',
  },
  {
    name: 'storage-rotated',
    path: '/storage',
    act: async (page) => {
      await byId(page, 'key-rotate').click();
      await byId(page, 'key-confirm').click();
    },
    ready: 'key-changed',
  },
  {
    name: 'backup-pin',
    path: `/backups/${LATEST}`,
    act: (page) => byId(page, 'backup-pin').click(),
    ready: 'pin-confirm',
  },
  { name: 'settings', path: '/settings', ready: 'store-check' },
];
