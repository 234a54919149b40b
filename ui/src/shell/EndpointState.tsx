import {
  CheckCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  MinusCircleOutlined,
} from '@ant-design/icons';
import { Tooltip } from 'antd';
import type { EndpointView, Health } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { SentenceText } from '../shared/sentence/SentenceText';
import styles from './shell.module.css';

const ICONS = {
  ok: CheckCircleFilled,
  attention: ExclamationCircleFilled,
  down: CloseCircleFilled,
  absent: MinusCircleOutlined,
} satisfies Record<Health, unknown>;

/** One server or store: whether it answers, and on hover where and what it is. */
export function EndpointState({ name, endpoint }: { name: string; endpoint: EndpointView }) {
  const { t } = useTranslation();
  const { health, address, detail, sentence } = endpoint;
  const Icon = ICONS[health];
  const word = t(`health.${health}`);
  return (
    <Tooltip
      title={
        <>
          {[word, address].filter(Boolean).join(' · ')}
          {detail && ' · '}
          {detail && <SentenceText sentence={sentence} english={detail} />}
        </>
      }
    >
      <span className={`${styles.endpoint} ${styles[health]}`} data-health={health}>
        <Icon role="img" aria-label={word} />
        <span>{name}</span>
        {health !== 'ok' && <span className={styles.endpointWord}>{word}</span>}
      </span>
    </Tooltip>
  );
}
