import { Alert, Table, type TableColumnsType } from 'antd';
import { type ClassForecast, type Policy, type PolicyForecast, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassName } from '../shared/data-class';
import { describeFailure } from '../shared/describe';
import { useFormat } from '../shared/format/use-format';
import { Loading } from '../shared/layout/ScreenState';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './storage.module.css';

/** Days looked ahead. */
const DAYS = 365;

/** What a policy comes to in a year, beside the one in force: runs, sets and bytes. */
export function PolicyConsequence({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const read = useRead('policy.simulate', { policy, days: DAYS }, { keep: true });
  if (read.error) {
    const { message, hint } = describeFailure(read.error);
    return <Alert type="error" showIcon title={message} description={hint ?? read.error.message} />;
  }
  if (!read.data) return <Loading label={t('policy.reckoning')} />;
  return <Consequence forecast={read.data} />;
}

function Consequence({ forecast }: { forecast: PolicyForecast }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { classes, bytes, currentBytes, quotaBytes } = forecast;
  const columns: TableColumnsType<ClassForecast> = [
    { title: t('overview.classes.class'), key: 'class', render: (_, row) => <ClassName of={row.class} /> },
    {
      title: t('policy.runs'),
      key: 'runs',
      render: (_, { runs }) =>
        runs
          .map(({ method, synthetic, runs: count }) =>
            t('policy.run', {
              runs: format.number(count),
              method: synthetic ? t('backups.method.synthetic') : t(`storage.method.${method}`),
            }),
          )
          .join(t('common.listSeparator')) || '—',
    },
    {
      title: t('policy.expired'),
      key: 'expired',
      align: 'right',
      render: (_, { expired }) => format.number(expired),
    },
    { title: t('policy.left'), key: 'left', align: 'right', render: (_, { left }) => format.number(left) },
    {
      title: t('policy.bytes'),
      key: 'bytes',
      align: 'right',
      render: (_, row) => (row.bytes === null ? '—' : format.bytes(row.bytes)),
    },
  ];
  const over = quotaBytes !== null && bytes > quotaBytes;
  const difference = bytes - currentBytes;
  return (
    <section
      className={styles.consequence}
      aria-label={t('policy.consequence')}
      data-testid="policy-forecast"
    >
      <h3>{t('policy.consequence')}</h3>
      <p>
        {t('policy.total', { bytes: format.bytes(bytes) })}{' '}
        {difference === 0
          ? t('policy.same')
          : t(difference > 0 ? 'policy.more' : 'policy.less', {
              bytes: format.bytes(Math.abs(difference)),
            })}{' '}
        {over && (
          <VerdictTag verdict="attention">
            {t('policy.overQuota', { quota: format.bytes(quotaBytes) })}
          </VerdictTag>
        )}
      </p>
      <Table columns={columns} dataSource={classes} rowKey="class" pagination={false} size="small" />
    </section>
  );
}
