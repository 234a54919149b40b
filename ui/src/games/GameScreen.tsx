import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { memo, useDeferredValue } from 'react';
import { type FindingView, type GameView, useGame } from '../api';
import { OpenFileButton } from '../files/OpenFileButton';
import { useTranslation } from '../i18n/use-translation';
import { shortId } from '../shared/format/ShortId';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import { useGameSnapshots } from '../snapshots/use-game-snapshots';
import { CourseLane } from '../whatif/CourseLane';
import { WhatIfBanner } from '../whatif/WhatIfBanner';
import { GameActions } from './GameActions';
import { GameFacts } from './GameFacts';
import { GameSide } from './GameSide';
import styles from './game.module.css';
import { type PlaceSearch, placeOf } from './place';
import { RoundTable } from './RoundTable';
import { isNote, verdictOf } from './severity';
import { Timeline } from './Timeline';
import { TransportBar } from './TransportBar';
import { usePlayback } from './use-playback';

const route = getRouteApi('/games/$gameId');
const LIVE_REFRESH_MS = 2000;

/** One game at one moment through one viewer's eyes; all three are in the address. */
export function GameScreen() {
  const { t } = useTranslation();
  const { gameId } = route.useParams();
  const { seq, viewer = 'god', ...search } = route.useSearch();
  const place = placeOf(search);
  const followed = seq === undefined && !(search.backup || search.file || search.log || search.whatIf);
  const read = useGame(
    // How a game would have gone is told to god alone.
    { id: gameId, seq: seq ?? null, viewer: search.whatIf ? 'god' : viewer, ...place },
    followed && LIVE_REFRESH_MS,
  );
  return (
    <ReadView read={read} label={t('game.loading')} action={<WaysOut gameId={gameId} search={search} />}>
      {(view) => <GameContent view={view} />}
    </ReadView>
  );
}

interface WaysOutProps {
  gameId: string;
  search: PlaceSearch;
}

/** Where to go from a game that cannot be shown. */
function WaysOut({ gameId, search: { file, log, whatIf } }: WaysOutProps) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const go = (change: PlaceSearch) =>
    void navigate({ search: (current) => ({ ...current, ...change }), replace: true });
  if (whatIf) {
    return (
      <Button type="primary" onClick={() => go({ whatIf: undefined })} data-testid="game-unedited">
        {t('whatIf.back')}
      </Button>
    );
  }
  if (file) {
    return (
      <>
        <OpenFileButton
          label={t('files.openAgain')}
          look="primary"
          onOpened={(opened) => go({ file: opened.file })}
        />
        <LinkButton to="/games/file/$fileId" params={{ fileId: file }}>
          {t('files.games')}
        </LinkButton>
      </>
    );
  }
  return (
    <>
      {log ? (
        <Button type="primary" onClick={() => go({ log: undefined })}>
          {t('game.place.toLive')}
        </Button>
      ) : (
        <LinkButton to="/games" look="primary">
          {t('game.toList')}
        </LinkButton>
      )}
      <LinkButton to="/snapshots" search={{ game: gameId }} data-testid="game-to-snapshots">
        {t('snapshots.ofGame')}
      </LinkButton>
    </>
  );
}

function GameContent({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const playback = usePlayback(view);
  // Those of the service's game do not fit one of a file, nor a course that it did not take.
  const snapshots = useGameSnapshots(view.row.id, view.file === null && view.whatIf === null);
  // The strip answers at once; what is slower to draw follows in pieces that let strokes through.
  const drawn = useDeferredValue(view);
  return (
    <Screen
      testId="game"
      title={
        <span className={styles.title}>
          {t('game.title', { id: shortId(view.row.id), count: view.row.players })}
          <RulesTag findings={view.findings} />
        </span>
      }
      subtitle={<GameFacts view={drawn} />}
      actions={<GameActions view={drawn} />}
    >
      {drawn.whatIf && <WhatIfBanner view={drawn} whatIf={drawn.whatIf} />}
      <div className={styles.columns}>
        <Panel className={styles.tablePanel}>
          <RoundTable view={drawn} />
        </Panel>
        <GameSide view={drawn} snapshots={snapshots} onGo={playback.go} />
      </div>
      <Panel className={styles.timelinePanel}>
        <Timeline view={view} snapshots={snapshots} onGo={playback.go} />
        {view.whatIf && <CourseLane events={view.events} lastSeq={view.lastSeq} onGo={playback.go} />}
        <TransportBar view={view} playback={playback} />
      </Panel>
    </Screen>
  );
}

/** What the rules say about the log, in a word. What is only worth a note breaks nothing. */
const RulesTag = memo(function RulesTag({ findings }: { findings: FindingView[] }) {
  const { t } = useTranslation();
  const broken = findings.filter(({ severity }) => !isNote(severity));
  if (broken.length > 0) {
    const failed = broken.some(({ severity }) => verdictOf(severity) === 'failed');
    return (
      <VerdictTag verdict={failed ? 'failed' : 'attention'}>
        {t('game.findings.count', { count: broken.length })}
      </VerdictTag>
    );
  }
  const notes = findings.length;
  return (
    <VerdictTag verdict="verified">
      {t('game.findings.none')}
      {notes > 0 && ` · ${t('game.findings.notes', { count: notes })}`}
    </VerdictTag>
  );
});
