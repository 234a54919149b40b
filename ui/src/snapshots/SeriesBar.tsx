import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { SnapshotPlace } from '../api';
import { Step } from '../diff/Step';
import { useTranslation } from '../i18n/use-translation';
import { useKeys } from '../shared/keys';
import { Panel } from '../shared/layout/Panel';
import { MOMENTS } from './kinds';
import styles from './snapshots.module.css';

const route = getRouteApi('/snapshots/$snapshotId');

/** All snapshots of the game in the order of their events, to step along also where the log is lost. */
export function SeriesBar({ place: { id, moments }, seq }: { place: SnapshotPlace; seq: number }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const strip = useRef<HTMLOListElement>(null);
  const at = moments.findIndex((moment) => moment.id === id);
  const step = (by: number) => {
    const next = moments[at + by];
    if (next) {
      void navigate({
        to: '/snapshots/$snapshotId',
        params: { snapshotId: next.id },
        search,
        replace: true,
      });
    }
  };
  useKeys('snapshots.keys.one', [
    { key: 'ArrowLeft', label: t('snapshots.keys.before'), run: () => step(-1) },
    { key: 'ArrowRight', label: t('snapshots.keys.after'), run: () => step(1) },
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another snapshot is to be brought into view
  useEffect(() => {
    const current = strip.current?.querySelector<HTMLElement>('[aria-current]');
    if (strip.current && current) {
      strip.current.scrollLeft = current.offsetLeft - strip.current.clientWidth / 2;
    }
  }, [id]);
  return (
    <Panel className={styles.series}>
      <Step
        label={`${t('snapshots.keys.before')} (←)`}
        disabled={at <= 0}
        onClick={() => step(-1)}
        testId="snapshot-previous"
        back
      />
      <ol className={styles.strip} ref={strip} aria-label={t('snapshots.series')}>
        {moments.map((moment) => (
          <li key={moment.id}>
            <Link
              to="/snapshots/$snapshotId"
              params={{ snapshotId: moment.id }}
              search={search}
              replace
              className={styles.stop}
              aria-current={moment.id === id ? 'step' : undefined}
              title={t(`snapshots.kind.${moment.kind}`)}
              data-testid="snapshot-stop"
            >
              <span className={styles.stopKind}>
                {MOMENTS[moment.kind] ?? t(`snapshots.kind.${moment.kind}`)}
              </span>
              <span className={styles.stopSeq}>{moment.seq}</span>
            </Link>
          </li>
        ))}
      </ol>
      <Step
        label={`${t('snapshots.keys.after')} (→)`}
        disabled={at < 0 || at >= moments.length - 1}
        onClick={() => step(1)}
        testId="snapshot-next"
      />
      <span className={styles.note}>{t('snapshots.position', { at: at + 1, of: moments.length, seq })}</span>
    </Panel>
  );
}
