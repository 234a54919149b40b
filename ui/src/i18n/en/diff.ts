import { wording } from '../../api/generated/wording';

/** Texts of comparing two moments. */
export const diff = {
  ...wording.en.diff,
  screenTitle: 'Compare game {{id}}',
  screenTitleTwo: 'Compare games {{id}} and {{other}}',
  subtitle: 'As facts of the game, structure and JSON.',
  loading: 'Comparing the two moments…',
  toGame: 'To the game',
  swap: 'Swap sides',
  keys: { title: 'Compare' },
  source: {
    title: '{{side}}: where the game is read from',
    live: 'The database',
    log: 'The event log',
    file: 'File {{name}}',
    backup: 'Backup {{id}}',
    backups: 'Backups',
    snapshot: 'Snapshot {{id}}',
    snapshots: 'Snapshots of this game',
  },
  game: '{{side}}: game',
  noGame: 'No such game',
  slider: '{{side}}: event',
  tab: { facts: 'Facts {{count}}', structure: 'Structure', raw: 'JSON' },
  nothingHere: 'Nothing that this viewer sees.',
  onlyChanges: 'Only what differs',
  types: '{{before}} → {{after}}',
};

/** Texts of looking for the event that changed something. */
export const bisect = {
  title: 'When {{path}} changed',
  heading: 'Changes of',
  loading: 'Looking through the game…',
  nothing: 'nothing',
  hint: 'Choose a name to see when it changed.',
};
