import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { isJsonObject, type JsonMembers } from '../shared/json';
import styles from './game.module.css';

/** The rules of a game in words: the roles in play and what differs from table to table. */
export function RulesFacts({ rules }: { rules: JsonMembers }) {
  const lines = useRuleLines(rules);
  return (
    <ul className={styles.bySeat} data-testid="rules-facts">
      <li className={styles.plain}>{String(rules.profile ?? '')}</li>
      <li>{rolesOf(rules)}</li>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

/** Each role once, with its number where there are several. */
function rolesOf({ roles }: JsonMembers): string {
  const counts = new Map<string, number>();
  for (const role of Array.isArray(roles) ? roles : []) {
    const name = codeText('role', String(role)) ?? String(role);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(' · ');
}

/** What a table can choose, as it chose. Modules that are not in play are not told. */
function useRuleLines(rules: JsonMembers): string[] {
  const { t } = useTranslation();
  const part = (name: string): JsonMembers => {
    const value = rules[name];
    return isJsonObject(value) ? value : {};
  };
  const lady = part('lady');
  const excalibur = part('excalibur');
  const variant = Number(part('lancelot').variant ?? 0);
  const assassin = part('assassin');
  const quests = Array.isArray(lady.afterQuests) ? lady.afterQuests.join(t('rules.and')) : '';
  const from = rules.twoFailsQuest4From;
  const lines = [
    rules.hammer === 'forced_no_vote' ? t('rules.hammerForced') : t('rules.hammerLoses'),
    typeof from === 'number' ? t('rules.twoFails', { players: from }) : t('rules.oneFail'),
    lady.on === true && t('rules.lady', { quests }),
    excalibur.on === true &&
      t(excalibur.assign === 'after_approval' ? 'rules.excaliburAfter' : 'rules.excaliburWith'),
    variant > 0 && t('rules.lancelot', { variant }),
    assassin.when === 'any_time' && t('rules.shotAnyTime'),
    assassin.targets === 'anyone' && t('rules.shotAnyone'),
    rules.reproposeBeforeVote === true && t('rules.repropose'),
    rules.anonymousVotes === true && t('rules.anonymous'),
  ];
  return lines.filter((line) => line !== false);
}
