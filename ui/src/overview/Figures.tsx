import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import styles from './overview.module.css';

/** The service and the store in a few numbers. */
export function Figures({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { liveGames, finishedGames, instances, players, storeBytes, storeObjects } = overview;
  return (
    <section className={styles.figures} aria-label={t('overview.figures.title')}>
      <Figure label={t('overview.figures.liveGames')} value={format.number(liveGames)}>
        <Link to="/games" search={{ status: 'live' }}>
          {t('overview.figures.watch')}
        </Link>
      </Figure>
      <Figure label={t('overview.figures.instances')} value={format.number(instances)}>
        {t('overview.figures.heartbeat')}
      </Figure>
      <Figure label={t('overview.figures.finishedGames')} value={format.number(finishedGames)}>
        <Link to="/games" search={{ status: 'finished' }}>
          {t('overview.figures.search')}
        </Link>
      </Figure>
      <Figure label={t('overview.figures.players')} value={format.number(players)}>
        {t('overview.figures.accounts')}
      </Figure>
      <Figure label={t('overview.figures.store')} value={format.bytes(storeBytes)}>
        {t('overview.figures.objects', { count: storeObjects, amount: format.number(storeObjects) })}
      </Figure>
    </section>
  );
}

function Figure({ label, value, children }: { label: string; value: string; children: ReactNode }) {
  return (
    <div className={styles.figure}>
      <span className={styles.figureLabel}>{label}</span>
      <span className={styles.figureValue}>{value}</span>
      <span className={styles.figureNote}>{children}</span>
    </div>
  );
}
