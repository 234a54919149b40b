import { Button } from 'antd';
import type { FindingView, SeatView } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { SentenceText } from '../shared/sentence/SentenceText';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './game.module.css';
import { verdictOf } from './severity';

interface FindingsProps {
  findings: FindingView[];
  seats: SeatView[];
  onGo: (seq: number) => void;
}

/** What the rules say about the log. */
export function Findings({ findings, seats, onGo }: FindingsProps) {
  const { t } = useTranslation();
  if (findings.length === 0) {
    return <VerdictTag verdict="verified">{t('game.findings.noneNote')}</VerdictTag>;
  }
  return (
    <ul className={styles.findings}>
      {findings.map(({ id, severity, seq, detail, sentence }) => (
        <li key={`${id} ${seq} ${detail}`} data-testid="finding">
          <div className={styles.findingHead}>
            <VerdictTag verdict={verdictOf(severity)}>
              {codeText('severity', severity) ?? severity} · {id}
            </VerdictTag>
            {seq !== null && (
              <Button size="small" type="link" onClick={() => onGo(seq)}>
                {t('game.findings.show', { seq })}
              </Button>
            )}
          </div>
          <p className={styles.findingRule}>
            {t('game.findings.rule', { rule: codeText('invariant', id) ?? id })}
          </p>
          <p>
            <SentenceText sentence={sentence} english={detail} seats={seats} />
          </p>
        </li>
      ))}
    </ul>
  );
}
