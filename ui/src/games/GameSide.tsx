import { getRouteApi } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { createContext, memo, type ReactNode, useContext, useMemo } from 'react';
import type { GameView, SnapshotMoment } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Panel } from '../shared/layout/Panel';
import { EventDetail } from './EventDetail';
import { EventList } from './EventList';
import { Findings } from './Findings';
import styles from './game.module.css';
import { StateTree } from './StateTree';

const route = getRouteApi('/games/$gameId');

/** What the tabs show; past the tabs, which are slow to draw and the same at every event. */
const Shown = createContext<GameView | null>(null);

interface GameSideProps {
  view: GameView;
  snapshots: SnapshotMoment[];
  onGo: (seq: number) => void;
}

/** The inspector: the event at hand, all events, the state, the findings. */
export function GameSide({ view, snapshots, onGo }: GameSideProps) {
  return (
    <Panel className={styles.side}>
      <Shown value={view}>
        <SideTabs findings={view.findings.length} snapshots={snapshots} onGo={onGo} />
      </Shown>
    </Panel>
  );
}

interface SideTabsProps extends Omit<GameSideProps, 'view'> {
  findings: number;
}

const SideTabs = memo(function SideTabs({ findings, snapshots, onGo }: SideTabsProps) {
  const { t } = useTranslation();
  const tab = route.useSearch({ select: (search) => search.tab ?? 'event' });
  const navigate = route.useNavigate();
  const items = useMemo(
    () => [
      {
        key: 'event',
        label: t('game.tab.event'),
        children: <OfShown draw={(view) => <EventDetail view={view} snapshots={snapshots} />} />,
      },
      {
        key: 'events',
        label: t('game.tab.events'),
        children: <OfShown draw={(view) => <EventList view={view} onGo={onGo} />} />,
      },
      {
        key: 'state',
        label: t('game.tab.state'),
        children: <OfShown draw={(view) => <StateTree view={view} onGo={onGo} />} />,
      },
      {
        key: 'findings',
        label: `${t('game.tab.findings')} ${findings}`,
        children: (
          <OfShown draw={(view) => <Findings findings={view.findings} seats={view.seats} onGo={onGo} />} />
        ),
      },
    ],
    [t, findings, snapshots, onGo],
  );
  return (
    <Tabs
      size="small"
      tabBarGutter={18}
      activeKey={tab}
      onChange={(key) =>
        void navigate({ search: (current) => ({ ...current, tab: key as typeof tab }), replace: true })
      }
      items={items}
    />
  );
});

function OfShown({ draw }: { draw: (view: GameView) => ReactNode }) {
  const view = useContext(Shown);
  return view && draw(view);
}
