/** Texts of sharing a game and of exporting a difference as a file. */
export const share = {
  open: 'Share',
  title: 'Share a game as a file',
  about: 'One HTML file replays the game in any browser, without network.',
  save: 'Save…',
  saved: '{{name}} is saved',
  failed: 'The file could not be saved',
  language: 'Language',
  names: 'Players',
  namesKeep: 'Nicknames',
  namesSeats: 'Seats only',
  sees: {
    god: 'The file tells every role, vote and quest card of everybody.',
    godNote: 'Whoever has the file can read them. Choose another lens where the game still matters.',
    audience: 'The file tells what the table saw; roles only once the game is over.',
    seat: 'The file tells what this player saw, with their own role, knowledge, votes and cards.',
  },
  export: 'Export',
  formats: { json: 'JSON', markdown: 'Markdown', html: 'HTML' },
};
