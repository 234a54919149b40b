import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { JsonValue } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useCopy } from '../shared/format/use-copy';
import styles from './snapshots.module.css';

/** The document as it is stored, in the structure of the specification. */
export function StoredDocument({ document }: { document: JsonValue }) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  const text = JSON.stringify(document, null, 2);
  return (
    <div className={styles.document}>
      <div className={styles.documentHead}>
        <p className={styles.note}>{t('snapshots.documentNote')}</p>
        <Button
          size="small"
          icon={copied ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
          onClick={() => copy(text)}
        >
          {copied ? t('common.copied') : t('browse.copyJson')}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard */}
      <pre className={styles.json} tabIndex={0} data-testid="snapshot-document">
        {text}
      </pre>
    </div>
  );
}
