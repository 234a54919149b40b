import type { QuestMark } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './games.module.css';

const QUESTS = [0, 1, 2, 3, 4];

/** The five quests of a game, small: shape tells as well as colour. */
export function QuestMarks({ quests }: { quests: QuestMark[] }) {
  const { t } = useTranslation();
  const words = quests.map((mark, index) => `${index + 1} ${t(`game.result.${mark}`)}`);
  return (
    <span
      className={styles.marks}
      role="img"
      aria-label={words.join(t('common.listSeparator')) || t('game.noQuest')}
    >
      {QUESTS.map((index) => {
        const mark = quests[index];
        const tone = mark === 'success' ? styles.markSuccess : mark === 'fail' ? styles.markFail : '';
        return <i key={index} className={`${styles.mark} ${tone}`} />;
      })}
    </span>
  );
}
