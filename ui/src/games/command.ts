import type { Edit, GamePlace } from '../api';

/** The options that name a place to the command line; an opened file goes by its own name there. */
export function placeOptions(place: GamePlace, fileName: string | undefined): string[] {
  const { backup, snapshot, file, eventLog, whatIf = [] } = place;
  return [
    ...(backup ? ['--backup', backup] : []),
    ...(snapshot ? ['--snapshot', snapshot] : []),
    ...(file ? ['--file', quoted(fileName ?? 'FILE')] : []),
    ...(eventLog ? ['--event-log'] : []),
    ...editOptions(whatIf),
  ];
}

/** The options that say what is to be otherwise. */
export function editOptions(edits: Edit[]): string[] {
  return edits.flatMap(({ seq, change }) => {
    const words = change.kind === 'skip' ? 'skip' : JSON.stringify(change.payload);
    return ['--what-if', quoted(`${seq}=${words}`)];
  });
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w./=:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
