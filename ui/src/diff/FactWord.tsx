import { MinusOutlined } from '@ant-design/icons';
import { Fragment } from 'react';
import type { SeatView } from '../api';
import { SeatName } from '../games/PayloadFacts';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import styles from './diff.module.css';
import type { FactValue } from './fact-lines';

const AZURE = new Set(['success', 'good']);
const CRIMSON = new Set(['fail', 'evil']);

interface FactWordProps {
  value: FactValue | null;
  seats: SeatView[];
}

/** A value of a fact on one side; none where it does not exist or may not be seen. */
export function FactWord({ value, seats }: FactWordProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!value) {
    return (
      <span className={styles.absent}>
        <MinusOutlined aria-hidden />
        <span className="visually-hidden">{t('diff.absent')}</span>
      </span>
    );
  }
  switch (value.show) {
    case 'seats':
      if (value.seats.length === 0) return <span className={styles.absent}>{t('diff.nobody')}</span>;
      return (
        <span className={styles.seats}>
          {value.seats.map((seat, index) => (
            <Fragment key={seat}>
              {index > 0 && <span aria-hidden>·</span>}
              <SeatName of={seat} seats={seats} />
            </Fragment>
          ))}
        </span>
      );
    case 'code': {
      const tone = AZURE.has(value.code) ? styles.good : CRIMSON.has(value.code) ? styles.evil : '';
      return <span className={tone}>{codeText(value.group, value.code) ?? value.code}</span>;
    }
    case 'tally':
      return <>{t('diff.tally', { approvals: value.approvals, rejections: value.rejections })}</>;
    case 'flag':
      return <>{t(value.flag ? 'common.yes' : 'common.no')}</>;
    case 'number':
      return <>{format.number(value.number)}</>;
    case 'text':
      return <code>{value.text}</code>;
  }
}
