import type {
  DiffExport,
  DiffExportRequest,
  GameShowRequest,
  GameView,
  ShareRequest,
  ShareView,
} from '../../api/generated/types';
import { diffGames } from './diff';

const ENDINGS = { json: 'json', markdown: 'md', html: 'html' } as const;

/** Shows a game of the service. */
type GameOf = (request: GameShowRequest) => GameView | null;

/** A file of a game: for the pictures no more than what was asked for. */
export function shareGame(
  { id, viewer, language, names, ...place }: ShareRequest,
  gameOf: GameOf,
): ShareView | null {
  const view = gameOf({ id, seq: null, viewer, ...place });
  if (!view) return null;
  const players = names === 'seats' ? view.seats.length : view.seats.map(({ nick }) => nick).join(', ');
  return {
    fileName: `avalon-${id}-${viewer}.html`,
    html: `<!doctype html><html lang="${language}"><title>${id}</title><p>${viewer}: ${players}</p></html>`,
  };
}

/** A file of a difference; only JSON is whole. */
export function exportDiff({ diff, format }: DiffExportRequest, gameOf: GameOf): DiffExport | null {
  const view = diffGames(diff, gameOf);
  if (!view) return null;
  return {
    fileName: `avalon-diff-${view.before.row.id}.${ENDINGS[format]}`,
    text: format === 'json' ? JSON.stringify(view, null, 2) : `# ${view.before.row.id}\n`,
  };
}
