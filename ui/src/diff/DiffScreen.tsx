import { SwapOutlined } from '@ant-design/icons';
import { getRouteApi } from '@tanstack/react-router';
import { Button, Tabs } from 'antd';
import { type DiffSide, type DiffView, useRead } from '../api';
import { LensSelect } from '../games/Lens';
import { type PlaceSearch, placeOf, searchOf } from '../games/place';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { shortId } from '../shared/format/ShortId';
import { useKeys } from '../shared/keys';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import type { DiffSearch } from '../shell/search';
import { diffCommand } from './command';
import styles from './diff.module.css';
import { ExportMenu } from './ExportMenu';
import { FactTable } from './FactTable';
import { MomentPicker } from './MomentPicker';
import { OutcomeBadge } from './OutcomeBadge';
import { RawPanes } from './RawPanes';
import { StructureTree } from './StructureTree';
import { fromSide, isEdited, placesOf, toSide } from './sides';

const route = getRouteApi('/games/$gameId/compare');

/** Two moments side by side through one viewer's eyes; everything chosen is in the address. */
export function DiffScreen() {
  const { t } = useTranslation();
  const { gameId } = route.useParams();
  const search = route.useSearch();
  const { from, to, other, viewer = 'god' } = search;
  const places = placesOf(search);
  const read = useRead(
    'game.diff',
    {
      before: { game: gameId, seq: from ?? null, ...placeOf(places.from) },
      after: { game: other ?? gameId, seq: to ?? null, ...placeOf(places.to) },
      // How a game would have gone is told to god alone.
      viewer: places.from.whatIf || places.to.whatIf ? 'god' : viewer,
    },
    { keep: true },
  );
  return (
    <ReadView
      read={read}
      label={t('diff.loading')}
      action={
        <LinkButton to="/games/$gameId" params={{ gameId }} search={{ file: search.fromFile }} look="primary">
          {t('diff.toGame')}
        </LinkButton>
      }
    >
      {(view) => <DiffContent view={view} />}
    </ReadView>
  );
}

function DiffContent({ view }: { view: DiffView }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const change = (patch: DiffSearch) =>
    void navigate({ search: (current) => ({ ...current, ...patch }), replace: true });
  const swap = () =>
    void navigate({
      to: '/games/$gameId/compare',
      params: { gameId: view.after.row.id },
      search: {
        ...search,
        from: view.after.seq,
        to: view.before.seq,
        other: view.sameGame ? undefined : view.before.row.id,
        ...fromSide(placesOf(search).to),
        ...toSide(placesOf(search).from),
      },
      replace: true,
    });
  const command = diffCommand(view);
  useKeys('diff.keys.title', [{ key: 'x', label: t('diff.swap'), run: swap }]);
  return (
    <Screen
      testId="diff"
      title={
        <span className={styles.title}>
          {view.sameGame
            ? t('diff.screenTitle', { id: shortId(view.before.row.id) })
            : t('diff.screenTitleTwo', {
                id: shortId(view.before.row.id),
                other: shortId(view.after.row.id),
              })}
          <OutcomeBadge view={view} />
        </span>
      }
      subtitle={t('diff.subtitle')}
      actions={
        <>
          <LensSelect
            viewer={view.viewer}
            seats={view.after.seats}
            onChange={(viewer) => change({ viewer })}
            godAlone={isEdited(view.before) || isEdited(view.after)}
          />
          <Button icon={<SwapOutlined aria-hidden />} onClick={swap} data-testid="diff-swap">
            {t('diff.swap')}
          </Button>
          <LinkButton
            to="/games/$gameId"
            params={{ gameId: view.before.row.id }}
            search={{ seq: view.before.seq, viewer: view.viewer, ...searchOfGame(view.before) }}
          >
            {t('diff.toGame')}
          </LinkButton>
          <ExportMenu view={view} />
          {command && <CopyCommand command={command} />}
        </>
      }
    >
      <div className={styles.sides}>
        <MomentPicker
          name="before"
          title={t('diff.before')}
          side={view.before}
          onSeq={(from) => change({ from })}
          onSource={(place) => change(fromSide(place))}
        />
        <MomentPicker
          name="after"
          title={t('diff.after')}
          side={view.after}
          onSeq={(to) => change({ to })}
          onSource={(place) => change(toSide(place))}
          onGame={(game) =>
            change({
              other: game === view.before.row.id ? undefined : game,
              to: undefined,
              toSnapshot: undefined,
              toFile: undefined,
              toWhatIf: undefined,
            })
          }
        />
      </div>
      <Panel className={styles.result}>
        <Tabs
          size="small"
          activeKey={search.tab ?? 'facts'}
          onChange={(tab) => change({ tab: tab as DiffSearch['tab'] })}
          items={[
            {
              key: 'facts',
              label: <TabLabel name="facts">{t('diff.tab.facts', { count: view.facts.length })}</TabLabel>,
              children: <FactTable facts={view.facts} before={view.before.seats} after={view.after.seats} />,
            },
            {
              key: 'structure',
              label: <TabLabel name="structure">{t('diff.tab.structure')}</TabLabel>,
              children: <StructureTree nodes={view.structure} />,
            },
            {
              key: 'raw',
              label: <TabLabel name="raw">{t('diff.tab.raw')}</TabLabel>,
              children: <RawPanes view={view} />,
            },
          ]}
        />
      </Panel>
    </Screen>
  );
}

/** Where the game of a side is read, for its own screen; a snapshot has another one. */
function searchOfGame({ place }: DiffSide): PlaceSearch {
  return searchOf({ ...place, snapshot: null });
}

function TabLabel({ name, children }: { name: string; children: string }) {
  return <span data-testid={`diff-tab-${name}`}>{children}</span>;
}
