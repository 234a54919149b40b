import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useTranslation } from '../../i18n/use-translation';
import styles from './format.module.css';
import { useCopy } from './use-copy';

/** The part of an id by which people tell it from others: a ULID's end is random, its start is time. */
export function shortId(id: string): string {
  return id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-5)}` : id;
}

/** An id, shortened, copied whole on click. */
export function ShortId({ id, full = false }: { id: string; full?: boolean }) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  return (
    <Tooltip title={copied ? t('common.copied') : id}>
      <button
        type="button"
        className={styles.id}
        aria-label={t('common.copyId', { id })}
        onClick={(event) => {
          event.stopPropagation();
          copy(id);
        }}
      >
        <span>{full ? id : shortId(id)}</span>
        {copied ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
      </button>
    </Tooltip>
  );
}
