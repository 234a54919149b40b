import { Button } from 'antd';
import type { FindingView } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './game.module.css';
import { verdictOf } from './severity';

/** What the rules say about the log. */
export function Findings({ findings, onGo }: { findings: FindingView[]; onGo: (seq: number) => void }) {
  const { t } = useTranslation();
  if (findings.length === 0) {
    return <VerdictTag verdict="verified">{t('game.findings.noneNote')}</VerdictTag>;
  }
  return (
    <ul className={styles.findings}>
      {findings.map(({ id, severity, seq, detail }) => (
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
          <p lang="en">{detail}</p>
        </li>
      ))}
    </ul>
  );
}
