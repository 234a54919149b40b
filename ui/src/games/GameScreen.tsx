import { DiffOutlined, InboxOutlined } from '@ant-design/icons';
import { getRouteApi } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { memo, useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { type GameView, type SnapshotMoment, useRead } from '../api';
import { codeText } from '../i18n/code';
import { ShareButton } from '../share/ShareButton';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { ShortId, shortId } from '../shared/format/ShortId';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import { TakeButton } from '../snapshots/TakeButton';
import { useGameSnapshots } from '../snapshots/use-game-snapshots';
import { EventDetail } from './EventDetail';
import { EventList } from './EventList';
import { Findings } from './Findings';
import styles from './game.module.css';
import { Lens } from './Lens';
import { RoundTable } from './RoundTable';
import { StateTree } from './StateTree';
import { Timeline } from './Timeline';
import { TransportBar } from './TransportBar';
import { usePlayback } from './use-playback';

const route = getRouteApi('/games/$gameId');
const LIVE_REFRESH_MS = 2000;

/** One game at one moment through one viewer's eyes; all three are in the address. */
export function GameScreen() {
  const { t } = useTranslation();
  const { gameId } = route.useParams();
  const { seq, viewer = 'god', backup } = route.useSearch();
  const following = seq === undefined;
  const read = useRead(
    'game.show',
    { id: gameId, seq: seq ?? null, viewer, backup: backup ?? null, snapshot: null },
    { keep: true, every: following && backup === undefined && LIVE_REFRESH_MS },
  );
  return (
    <ReadView
      read={read}
      label={t('game.loading')}
      action={
        <>
          <LinkButton to="/games" look="primary">
            {t('game.toList')}
          </LinkButton>
          <LinkButton to="/snapshots" search={{ game: gameId }} data-testid="game-to-snapshots">
            {t('snapshots.ofGame')}
          </LinkButton>
        </>
      }
    >
      {(view) => <GameContent view={view} />}
    </ReadView>
  );
}

function GameContent({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const playback = usePlayback(view);
  const snapshots = useGameSnapshots(view.row.id);
  // The strip answers at once; what is slower to draw follows in pieces that let strokes through.
  const drawn = useDeferredValue(view);
  return (
    <Screen
      testId="game"
      title={
        <span className={styles.title}>
          {t('game.title', { id: shortId(view.row.id), count: view.row.players })}
          <RulesTag findings={view.findings.length} />
        </span>
      }
      subtitle={<GameFacts view={drawn} />}
      actions={<Actions view={drawn} />}
    >
      <div className={styles.columns}>
        <Panel className={styles.tablePanel}>
          <RoundTable view={drawn} />
        </Panel>
        <Side view={drawn} snapshots={snapshots} onGo={playback.go} />
      </div>
      <Panel className={styles.timelinePanel}>
        <Timeline view={view} snapshots={snapshots} onGo={playback.go} />
        <TransportBar view={view} playback={playback} />
      </Panel>
    </Screen>
  );
}

const Actions = memo(function Actions({ view }: { view: GameView }) {
  const { t } = useTranslation();
  return (
    <>
      <Lens view={view} />
      <LinkButton
        to="/games/$gameId/compare"
        params={{ gameId: view.row.id }}
        search={{
          from: compareFrom(view),
          fromBackup: view.backup ?? undefined,
          viewer: view.viewer === 'god' ? undefined : view.viewer,
        }}
        icon={<DiffOutlined aria-hidden />}
        data-testid="game-compare"
      >
        {t('game.compare')}
      </LinkButton>
      {view.backup === null && <TakeButton view={view} />}
      <ShareButton view={view} />
      <CopyCommand command={showCommand(view)} />
    </>
  );
});

/** The event at hand; at the end of the game the key moment before it, for there is nothing after. */
function compareFrom({ seq, lastSeq, events }: GameView): number {
  const before = events.findLast((event) => event.moment !== null && event.seq < lastSeq);
  return seq < lastSeq ? seq : (before?.seq ?? seq);
}

/** The command that shows the same. */
function showCommand({ row, seq, viewer, backup }: GameView): string {
  const kept = backup ? ` --backup ${backup}` : '';
  return `avault game show ${row.id} --seq ${seq} --as ${viewer}${kept}`;
}

/** What the rules say about the log, in a word. */
const RulesTag = memo(function RulesTag({ findings }: { findings: number }) {
  const { t } = useTranslation();
  return findings === 0 ? (
    <VerdictTag verdict="verified">{t('game.findings.none')}</VerdictTag>
  ) : (
    <VerdictTag verdict="attention">{t('game.findings.count', { count: findings })}</VerdictTag>
  );
});

function GameFacts({ view: { row, seq, lastSeq, backup } }: { view: GameView }) {
  const { t } = useTranslation();
  return (
    <span className={styles.facts}>
      <LastingFacts row={row} backup={backup} />
      <span data-testid="game-seq">{t('game.position', { seq, last: lastSeq })}</span>
    </span>
  );
}

/** What holds at every event. */
const LastingFacts = memo(function LastingFacts({ row, backup }: Pick<GameView, 'row' | 'backup'>) {
  const { t } = useTranslation();
  return (
    <>
      {backup && (
        <span className={styles.kept} data-testid="game-kept">
          <InboxOutlined aria-hidden /> {t('game.kept')} <ShortId id={backup} />
        </span>
      )}
      <ShortId id={row.id} />
      <span>
        {t('games.column.room')} <ShortId id={row.roomId} />
      </span>
      <span>
        {row.winner ? t(`game.wins.${row.winner}`) : (codeText('gamePhase', row.phase) ?? row.phase)}
      </span>
      <span>
        {t('game.updated')} <Moment at={row.updatedAt} />
      </span>
    </>
  );
});

interface SideProps {
  view: GameView;
  snapshots: SnapshotMoment[];
  onGo: (seq: number) => void;
}

const Side = memo(function Side({ view, snapshots, onGo }: SideProps) {
  const { t } = useTranslation();
  const tab = route.useSearch({ select: (search) => search.tab ?? 'event' });
  const navigate = route.useNavigate();
  return (
    <Panel className={styles.side}>
      <Tabs
        size="small"
        tabBarGutter={18}
        activeKey={tab}
        onChange={(key) =>
          void navigate({ search: (current) => ({ ...current, tab: key as typeof tab }), replace: true })
        }
        items={[
          {
            key: 'event',
            label: t('game.tab.event'),
            children: <EventDetail view={view} snapshots={snapshots} />,
          },
          { key: 'events', label: t('game.tab.events'), children: <EventList view={view} onGo={onGo} /> },
          { key: 'state', label: t('game.tab.state'), children: <StateTree view={view} onGo={onGo} /> },
          {
            key: 'findings',
            label: `${t('game.tab.findings')} ${view.findings.length}`,
            children: <Findings findings={view.findings} onGo={onGo} />,
          },
        ]}
      />
    </Panel>
  );
});
