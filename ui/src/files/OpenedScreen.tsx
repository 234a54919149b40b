import { getRouteApi } from '@tanstack/react-router';
import type { OpenedFile } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { Screen } from '../shared/layout/Screen';
import { Empty } from '../shared/layout/ScreenState';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './files.module.css';
import { OpenedTable } from './OpenedTable';
import { OpenFileButton } from './OpenFileButton';
import { useOpenedFile } from './opened-files';

const route = getRouteApi('/games/file/$fileId');

/** The games of a file that was opened in this window. */
export function OpenedScreen() {
  const { t } = useTranslation();
  const { fileId } = route.useParams();
  const file = useOpenedFile(fileId);
  if (file) return <Opened file={file} />;
  return (
    <Screen testId="file-gone" title={t('files.title')} actions={<ToGames />}>
      <Panel>
        <Empty
          title={t('files.gone')}
          action={<OpenFileButton label={t('files.openAgain')} look="primary" />}
        >
          {t('files.goneHint')}
        </Empty>
      </Panel>
    </Screen>
  );
}

function ToGames() {
  const { t } = useTranslation();
  return <LinkButton to="/games">{t('game.toList')}</LinkButton>;
}

function Opened({ file }: { file: OpenedFile }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, form, games, unreadable } = file;
  return (
    <Screen
      testId="opened-file"
      title={<span className={styles.name}>{name}</span>}
      subtitle={
        <span className={styles.facts}>
          <span data-testid="file-form">{t(`files.form.${form}`)}</span>
          <span>{t('games.total', { count: games.length, amount: format.number(games.length) })}</span>
          {unreadable.length > 0 && (
            <VerdictTag verdict="attention">{t('files.unread', { count: unreadable.length })}</VerdictTag>
          )}
          <span>{t('files.nothingStored')}</span>
        </span>
      }
      actions={
        <>
          <OpenFileButton label={t('files.openAnother')} />
          <ToGames />
        </>
      }
    >
      {games.length > 0 ? (
        <Panel title={t('files.games')} flush>
          <OpenedTable file={file} />
        </Panel>
      ) : (
        <Panel>
          <Empty title={t('files.empty')} />
        </Panel>
      )}
      {unreadable.length > 0 && (
        <Panel title={t('files.unreadTitle')}>
          <ul className={styles.unread} lang="en" data-testid="file-unread">
            {unreadable.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Panel>
      )}
    </Screen>
  );
}
