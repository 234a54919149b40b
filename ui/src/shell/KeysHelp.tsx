import { Modal } from 'antd';
import { useTranslation } from '../i18n/use-translation';
import { useKeyState } from '../shared/keys';
import styles from './shell.module.css';
import { useWindowState } from './window-state';

const NAMES: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ' ': '␣',
};

/** The keys in force on the screen at hand. */
export function KeysHelp() {
  const { t } = useTranslation();
  const open = useWindowState((state) => state.keysOpen);
  const setKeys = useWindowState((state) => state.setKeys);
  const groups = useKeyState((state) => state.groups);
  return (
    <Modal
      open={open}
      onCancel={() => setKeys(false)}
      footer={null}
      title={t('shell.keys.title')}
      width={520}
    >
      <div data-testid="keys-help">
        {Object.entries(groups)
          .reverse()
          .map(([group, bindings]) => (
            <section key={group} className={styles.keyGroup}>
              <h2>{t(group as 'shell.keys.window')}</h2>
              <dl>
                {bindings.map(({ key, label }) => (
                  <div key={key}>
                    <dt>
                      {key.split('+').map((part) => (
                        <kbd key={part}>
                          {part === ' ' ? t('shell.keys.space') : (NAMES[part] ?? part.toUpperCase())}
                        </kbd>
                      ))}
                    </dt>
                    <dd>{label}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Modal>
  );
}
