import { Alert, Button, Modal, Segmented } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { type GameView, type Language, type Names, type ShareRequest, useRun } from '../api';
import { useOpenedFile } from '../files/opened-files';
import { placeOptions } from '../games/command';
import { LensSelect } from '../games/Lens';
import { placeShown } from '../games/place';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { CopyCommand } from '../shared/format/CopyCommand';
import styles from './share.module.css';
import { useSave } from './use-save';

/** Chooses through whose eyes, in which language and with which names a game becomes a file. */
export function ShareDialog({ view, onClose }: { view: GameView; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [viewer, setViewer] = useState(view.viewer);
  const [language, setLanguage] = useState<Language>(i18n.language === 'en' ? 'en' : 'zh-CN');
  const [names, setNames] = useState<Names>('keep');
  const file = useOpenedFile(view.file ?? undefined);
  const save = useSave();
  const run = useRun('game.share', ({ fileName, html }) => {
    void save(fileName, html).then((saved) => saved && onClose());
  });
  const request: ShareRequest = { id: view.row.id, ...placeShown(view), viewer, language, names };
  return (
    <Modal
      open
      width={620}
      title={t('share.title')}
      onCancel={onClose}
      footer={
        <>
          <CopyCommand command={shareCommand(request, file?.name)} />
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            loading={run.isPending}
            onClick={() => run.mutate(request)}
            data-testid="share-save"
          >
            {t('share.save')}
          </Button>
        </>
      }
    >
      <div className={styles.choices}>
        <p>{t('share.about')}</p>
        <LensSelect viewer={viewer} seats={view.seats} onChange={setViewer} godAlone={view.whatIf !== null} />
        <Seen viewer={viewer} />
        <Choice label={t('share.language')}>
          {(label) => (
            <Segmented<Language>
              value={language}
              onChange={setLanguage}
              aria-labelledby={label}
              options={[
                { value: 'zh-CN', label: '简体中文' },
                { value: 'en', label: 'English' },
              ]}
            />
          )}
        </Choice>
        <Choice label={t('share.names')}>
          {(label) => (
            <Segmented<Names>
              value={names}
              onChange={setNames}
              aria-labelledby={label}
              options={[
                { value: 'keep', label: t('share.namesKeep') },
                { value: 'seats', label: <span data-testid="share-seats">{t('share.namesSeats')}</span> },
              ]}
            />
          )}
        </Choice>
        {run.error && (
          <Alert
            type="error"
            showIcon
            title={describeFailure(run.error).message}
            description={describeFailure(run.error).hint}
          />
        )}
      </div>
    </Modal>
  );
}

/** What somebody who has the file can read in it. */
function Seen({ viewer }: { viewer: string }) {
  const { t } = useTranslation();
  if (viewer === 'god') {
    return (
      <Alert
        type="warning"
        showIcon
        title={t('share.sees.god')}
        description={t('share.sees.godNote')}
        data-testid="share-warning"
      />
    );
  }
  return (
    <Alert
      type="info"
      showIcon
      title={t(viewer === 'audience' ? 'share.sees.audience' : 'share.sees.seat')}
      data-testid="share-sees"
    />
  );
}

interface ChoiceProps {
  label: string;
  children: (labelId: string) => ReactNode;
}

function Choice({ label, children }: ChoiceProps) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <span id={id}>{label}</span>
      {children(id)}
    </div>
  );
}

/** The command that makes the same file. */
function shareCommand(
  { id, viewer, language, names, ...place }: ShareRequest,
  fileName: string | undefined,
): string {
  const parts = ['avault game share', id, '--as', viewer, '--language', language];
  parts.push(...placeOptions(place, fileName));
  if (names === 'seats') parts.push('--names', names);
  return [...parts, '--out', 'game.html'].join(' ');
}
