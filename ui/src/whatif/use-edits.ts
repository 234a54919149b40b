import { getRouteApi } from '@tanstack/react-router';
import type { Edit } from '../api';
import { withEdit, withoutEdit } from './edits';

const route = getRouteApi('/games/$gameId');

/** Ways to change what is to be otherwise in the game at hand; it is in the address. */
export function useEdits() {
  const navigate = route.useNavigate();
  const put = (change: (edits: Edit[]) => Edit[] | undefined) =>
    void navigate({
      // How a game would have gone is told to god alone.
      search: (current) => ({ ...current, viewer: undefined, whatIf: change(current.whatIf ?? []) }),
    });
  return {
    add: (edit: Edit) => put((edits) => withEdit(edits, edit)),
    remove: (seq: number) => put((edits) => withoutEdit(edits, seq)),
    clear: () => put(() => undefined),
  };
}
