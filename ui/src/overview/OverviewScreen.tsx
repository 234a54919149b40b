import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { type Overview, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useDialog } from '../shared/dialog';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { ClassTable } from './ClassTable';
import { DamageButton } from './DamageButton';
import { Figures } from './Figures';
import { Gaps } from './Gaps';
import { Headline, HeadlineReason } from './Headline';
import { OplogLine } from './OplogLine';
import { RecentBackups } from './RecentBackups';
import { RestoreBar } from './RestoreBar';
import { RunningPanel } from './RunningPanel';

const REFRESH_MS = 5000;

/** The state of things: can we restore right now, to when, how long would it take. */
export function OverviewScreen() {
  const { t } = useTranslation();
  const read = useRead('overview.get', {}, { every: REFRESH_MS });
  return (
    <ReadView
      read={read}
      label={t('overview.loading')}
      action={<LinkButton to="/settings">{t('shell.nav.settings')}</LinkButton>}
    >
      {(overview) => <OverviewContent overview={overview} />}
    </ReadView>
  );
}

function OverviewContent({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  return (
    <Screen
      testId="overview"
      title={<Headline restorability={overview.restorability} />}
      subtitle={<HeadlineReason restorability={overview.restorability} />}
      actions={<OverviewActions canRestore={overview.restorability.possible} />}
    >
      <RunningPanel />
      <Figures overview={overview} />
      <Panel title={t('overview.points.title')}>
        <RestoreBar points={overview.points} timeline={overview.timeline} />
        <Gaps gaps={overview.timeline.gaps} />
        {overview.oplog && <OplogLine oplog={overview.oplog} />}
      </Panel>
      <Panel title={t('overview.classes.title')} flush>
        <ClassTable classes={overview.classes} />
      </Panel>
      <Panel
        title={t('overview.recent.title')}
        flush
        extra={<Link to="/backups">{t('overview.recent.all')}</Link>}
      >
        <RecentBackups backups={overview.recent} />
      </Panel>
    </Screen>
  );
}

function OverviewActions({ canRestore }: { canRestore: boolean }) {
  const { t } = useTranslation();
  const openBackup = useDialog('backup');
  return (
    <>
      <DamageButton />
      <Button onClick={openBackup} type={canRestore ? 'default' : 'primary'} data-testid="backup-create">
        {t('overview.backUpNow')}
      </Button>
      <LinkButton
        to="/restore"
        look={canRestore ? 'primary' : 'default'}
        disabled={!canRestore}
        data-testid="restore-open"
      >
        {t('overview.restore')}
      </LinkButton>
    </>
  );
}
