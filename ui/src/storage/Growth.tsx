import type { DayGrowth } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import styles from './storage.module.css';

/** Days drawn, the newest last. */
const DAYS = 30;
const HEIGHT = 72;
const BAR = 10;
const GAP = 4;

/** What was added to the store, day by day. */
export function Growth({ growth }: { growth: DayGrowth[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const days = growth.slice(-DAYS);
  if (days.length === 0) return <p className={styles.note}>{t('storage.growth.none')}</p>;
  const most = Math.max(...days.map(({ bytes }) => bytes), 1);
  const height = (bytes: number) => Math.max(2, (bytes / most) * (HEIGHT - 2));
  const label = t('storage.growth.label', { most: format.bytes(most) });
  return (
    <figure className={styles.growth}>
      <figcaption>{label}</figcaption>
      <svg width={days.length * (BAR + GAP)} height={HEIGHT} role="img" aria-label={label}>
        {days.map(({ day, bytes, backups }, index) => (
          <rect
            key={day}
            x={index * (BAR + GAP)}
            y={HEIGHT - height(bytes)}
            width={BAR}
            height={height(bytes)}
            rx={2}
          >
            <title>
              {t('storage.growth.day', {
                day: format.absolute(day).slice(0, 10),
                bytes: format.bytes(bytes),
                count: backups,
              })}
            </title>
          </rect>
        ))}
      </svg>
    </figure>
  );
}
