import type { EndpointView, Health } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { SentenceText } from '../shared/sentence/SentenceText';
import { type Verdict, VerdictTag } from '../shared/verdict/VerdictTag';

const VERDICTS: Record<Health, Verdict> = {
  ok: 'verified',
  attention: 'attention',
  down: 'failed',
  absent: 'unknown',
};

/** Whether a server or store answers, with what it tells of itself. */
export function EndpointTag({ endpoint: { health, detail, sentence } }: { endpoint: EndpointView }) {
  const { t } = useTranslation();
  return (
    <VerdictTag verdict={VERDICTS[health]}>
      {t(`health.${health}`)}
      {detail && ' · '}
      {detail && <SentenceText sentence={sentence} english={detail} />}
    </VerdictTag>
  );
}
