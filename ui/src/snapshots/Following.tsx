import { useTranslation } from 'react-i18next';
import { useRead } from '../api';
import { StandingJob } from '../shared/StandingJob';
import { requestOf } from './filters';

const EVERY_MS = 10_000;

/** Whether snapshots are taken as games are played, and the switch for it. */
export function Following() {
  const { t } = useTranslation();
  const read = useRead('snapshot.list', { ...requestOf({}, 0), cursor: null, limit: 1 }, { every: EVERY_MS });
  if (!read.data) return null;
  return (
    <StandingJob
      job={read.data.followedBy}
      operation="snapshot.follow"
      texts={{
        idle: t('snapshots.notFollowed'),
        start: t('snapshots.follow'),
        atWork: t('snapshots.followed'),
        stop: t('snapshots.unfollow'),
      }}
      testId="snapshots-follow"
      atWorkId="snapshots-followed"
      size="middle"
    />
  );
}
