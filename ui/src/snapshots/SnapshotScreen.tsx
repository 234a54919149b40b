import { DiffOutlined } from '@ant-design/icons';
import { getRouteApi } from '@tanstack/react-router';
import { Alert, Tabs } from 'antd';
import { type GameView, type SnapshotMoment, type SnapshotView, useRead } from '../api';
import { ChangeList } from '../diff/ChangeList';
import { LensSelect } from '../games/Lens';
import { RoundTable } from '../games/RoundTable';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { ShortId, shortId } from '../shared/format/ShortId';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import type { SnapshotSearch } from '../shell/search';
import { KindTag } from './KindTag';
import { SeriesBar } from './SeriesBar';
import { Stored } from './Stored';
import { StoredDocument } from './StoredDocument';
import styles from './snapshots.module.css';

const route = getRouteApi('/snapshots/$snapshotId');

/** One snapshot: the game at its moment through one viewer's eyes, and what is stored. */
export function SnapshotScreen() {
  const { t } = useTranslation();
  const { snapshotId } = route.useParams();
  const read = useRead('snapshot.show', { id: snapshotId }, { keep: true });
  return (
    <ReadView read={read} label={t('snapshots.loadingOne')} action={<ToList />}>
      {(snapshot) => <Shown snapshot={snapshot} />}
    </ReadView>
  );
}

function ToList() {
  const { t } = useTranslation();
  return (
    <LinkButton to="/snapshots" search={{}} look="primary">
      {t('snapshots.toList')}
    </LinkButton>
  );
}

function Shown({ snapshot }: { snapshot: SnapshotView }) {
  const { t } = useTranslation();
  const { viewer = 'god' } = route.useSearch();
  const { game, id } = snapshot.row;
  const read = useRead(
    'game.show',
    { id: game, seq: null, viewer, backup: null, snapshot: id },
    { keep: true },
  );
  return (
    <ReadView read={read} label={t('snapshots.loadingOne')} action={<ToList />}>
      {(view) => <Content snapshot={snapshot} view={view} />}
    </ReadView>
  );
}

interface ContentProps {
  snapshot: SnapshotView;
  view: GameView;
}

function Content({ snapshot, view }: ContentProps) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { row, whole } = snapshot;
  return (
    <Screen
      testId="snapshot"
      title={
        <span className={styles.title}>
          {t('snapshots.screenTitle', { id: shortId(row.id) })}
          <KindTag kind={row.kind} />
        </span>
      }
      subtitle={<Subtitle snapshot={snapshot} />}
      actions={
        <>
          <LensSelect
            viewer={view.viewer}
            seats={view.seats}
            onChange={(viewer) =>
              void navigate({ search: (current) => ({ ...current, viewer }), replace: true })
            }
          />
          <CompareButtons snapshot={snapshot} view={view} />
          <LinkButton
            to="/games/$gameId"
            params={{ gameId: row.game }}
            search={{ seq: snapshot.atSeq, viewer: lensOf(view) }}
            data-testid="snapshot-to-game"
          >
            {t('snapshots.toGame')}
          </LinkButton>
          <CopyCommand command={`avault game show ${row.game} --snapshot ${row.id} --as ${view.viewer}`} />
        </>
      }
    >
      {!whole && (
        <Alert
          type="warning"
          showIcon
          title={t('snapshots.notWhole')}
          description={t('snapshots.notWholeHint')}
          data-testid="snapshot-not-whole"
        />
      )}
      <div className={styles.columns}>
        <Panel className={styles.tablePanel}>
          <RoundTable view={view} />
        </Panel>
        <Side snapshot={snapshot} view={view} />
      </div>
      {view.snapshot && <SeriesBar place={view.snapshot} seq={view.seq} />}
    </Screen>
  );
}

/** The snapshot of an earlier event that is nearest. */
function momentBefore({ snapshot, seq: atSeq }: GameView): SnapshotMoment | undefined {
  return snapshot?.moments.findLast(({ seq }) => seq < atSeq);
}

function lensOf({ viewer }: GameView): string | undefined {
  return viewer === 'god' ? undefined : viewer;
}

function Subtitle({ snapshot: { row, atSeq } }: { snapshot: SnapshotView }) {
  const { t } = useTranslation();
  return (
    <span className={styles.facts}>
      <ShortId id={row.id} />
      <span>
        {t('snapshots.column.game')} <ShortId id={row.game} />
      </span>
      {row.room && (
        <span>
          {t('snapshots.column.room')} <ShortId id={row.room} />
        </span>
      )}
      <span data-testid="snapshot-seq">{t('snapshots.afterEvent', { seq: atSeq })}</span>
      <span>
        {t('snapshots.column.taken')} <Moment at={row.at} />
      </span>
    </span>
  );
}

/** With the game as it stands, and with the snapshot before, where there is one. */
function CompareButtons({ snapshot: { row }, view }: ContentProps) {
  const { t } = useTranslation();
  const before = momentBefore(view);
  const viewer = lensOf(view);
  const params = { gameId: row.game };
  return (
    <>
      {before && (
        <LinkButton
          to="/games/$gameId/compare"
          params={params}
          search={{ fromSnapshot: before.id, toSnapshot: row.id, viewer }}
          icon={<DiffOutlined aria-hidden />}
          data-testid="snapshot-compare-before"
        >
          {t('snapshots.compareBefore')}
        </LinkButton>
      )}
      <LinkButton
        to="/games/$gameId/compare"
        params={params}
        search={{ fromSnapshot: row.id, viewer }}
        icon={<DiffOutlined aria-hidden />}
        data-testid="snapshot-compare-game"
      >
        {t('snapshots.compareGame')}
      </LinkButton>
    </>
  );
}

function Side({ snapshot, view }: ContentProps) {
  const { t } = useTranslation();
  const { tab = 'stored' } = route.useSearch();
  const navigate = route.useNavigate();
  const before = momentBefore(view);
  return (
    <Panel className={styles.side}>
      <Tabs
        size="small"
        activeKey={tab}
        onChange={(key) =>
          void navigate({
            search: (current) => ({ ...current, tab: key as SnapshotSearch['tab'] }),
            replace: true,
          })
        }
        items={[
          {
            key: 'stored',
            label: t('snapshots.tab.stored'),
            children: <Stored snapshot={snapshot} unreadable={view.snapshot?.unreadable ?? 0} />,
          },
          {
            key: 'changes',
            label: t('snapshots.tab.changes'),
            children: before ? (
              <ChangeList changes={view.changes} seats={view.seats} />
            ) : (
              <p className={styles.note}>{t('snapshots.first')}</p>
            ),
          },
          {
            key: 'document',
            label: <span data-testid="snapshot-tab-document">{t('snapshots.tab.document')}</span>,
            children: <StoredDocument document={snapshot.document} />,
          },
        ]}
      />
    </Panel>
  );
}
