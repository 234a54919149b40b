import { DiffOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { memo, useCallback } from 'react';
import type { GameView } from '../api';
import { fromSide, toSide } from '../diff/sides';
import { useOpenedFile } from '../files/opened-files';
import { useTranslation } from '../i18n/use-translation';
import { ShareButton } from '../share/ShareButton';
import { CopyCommand } from '../shared/format/CopyCommand';
import { useShown } from '../shared/use-shown';
import { TakeButton } from '../snapshots/TakeButton';
import { placeOptions } from './command';
import { Lens } from './Lens';
import { isLive, placeShown, searchOf } from './place';

/** What can be done with the moment that is shown. None of it is drawn anew for a step. */
export function GameActions({ view }: { view: GameView }) {
  const shown = useShown(view);
  const fileName = useOpenedFile(view.file ?? undefined)?.name;
  const command = useCallback(() => showCommand(shown(), fileName), [shown, fileName]);
  return (
    <>
      <Lens viewer={view.viewer} seats={view.seats} godAlone={view.whatIf !== null} />
      <CompareButton shown={shown} />
      {isLive(view) && <TakeButton game={view.row.id} seq={view.seq} />}
      <ShareButton shown={shown} />
      <CopyCommand command={command} />
    </>
  );
}

/** No link of the router: that would be drawn anew for every step. */
const CompareButton = memo(function CompareButton({ shown }: { shown: () => GameView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const compare = () => {
    const view = shown();
    const place = searchOf(placeShown(view));
    void navigate({
      to: '/games/$gameId/compare',
      params: { gameId: view.row.id },
      search: {
        ...fromSide(place),
        // The service does not have the game of a file, nor a course that it did not take.
        ...(view.file !== null || view.whatIf !== null ? toSide(place) : {}),
        from: compareFrom(view),
        viewer: view.viewer === 'god' ? undefined : view.viewer,
      },
    });
  };
  return (
    <Button icon={<DiffOutlined aria-hidden />} onClick={compare} data-testid="game-compare">
      {t('game.compare')}
    </Button>
  );
});

/** The event at hand; at the end of the game the key moment before it, for there is nothing after. */
function compareFrom({ seq, lastSeq, events }: GameView): number {
  const before = events.findLast((event) => event.moment !== null && event.seq < lastSeq);
  return seq < lastSeq ? seq : (before?.seq ?? seq);
}

/** The command that shows the same. */
function showCommand(view: GameView, fileName: string | undefined): string {
  const options = placeOptions(placeShown(view), fileName);
  return ['avault game show', view.row.id, '--seq', view.seq, '--as', view.viewer, ...options].join(' ');
}
