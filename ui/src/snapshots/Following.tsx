import { useTranslation } from '../i18n/use-translation';
import { StandingJob } from '../shared/StandingJob';

/** Whether snapshots are taken as games are played, and the switch for it. */
export function Following({ job }: { job: string | null }) {
  const { t } = useTranslation();
  return (
    <StandingJob
      job={job}
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
