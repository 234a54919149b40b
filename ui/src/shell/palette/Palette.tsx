import { SearchOutlined } from '@ant-design/icons';
import { Input, Modal } from 'antd';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from '../../i18n/use-translation';
import { useWindowState } from '../window-state';
import { type Command, useCommands } from './commands';
import styles from './palette.module.css';

/** Finds screens, backups and games, and runs operations. */
export function Palette() {
  const { t } = useTranslation();
  const open = useWindowState((state) => state.paletteOpen);
  const setOpen = useWindowState((state) => state.setPalette);
  return (
    <Modal
      open={open}
      onCancel={() => setOpen(false)}
      footer={null}
      closable={false}
      destroyOnHidden
      width={600}
      style={{ top: 80 }}
      title={t('shell.palette.title')}
      styles={{ container: { padding: 0 }, header: { display: 'none' } }}
    >
      <PaletteBody onDone={() => setOpen(false)} />
    </Modal>
  );
}

function PaletteBody({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(typed);
  const index = Math.min(chosen, Math.max(0, commands.length - 1));

  const run = (command: Command | undefined) => {
    if (!command) return;
    onDone();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen((index + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(commands[index]);
    }
  };

  return (
    <>
      <Input
        autoFocus
        variant="borderless"
        size="large"
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t('shell.find')}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-label={t('shell.find')}
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={commands[index] && `palette-${index}`}
        data-testid="palette-input"
      />
      <div id="palette-list" role="listbox" aria-label={t('shell.palette.title')} className={styles.list}>
        {commands.map((command, place) => (
          <CommandRow
            key={command.id}
            command={command}
            place={place}
            chosen={place === index}
            heading={commands[place - 1]?.group !== command.group}
            onRun={() => run(command)}
            onPoint={() => setChosen(place)}
          />
        ))}
        {commands.length === 0 && (
          <div className={styles.nothing} role="option" aria-selected={false} tabIndex={-1}>
            {t('shell.palette.nothing')}
          </div>
        )}
      </div>
    </>
  );
}

interface CommandRowProps {
  command: Command;
  place: number;
  chosen: boolean;
  heading: boolean;
  onRun: () => void;
  onPoint: () => void;
}

function CommandRow({ command, place, chosen, heading, onRun, onPoint }: CommandRowProps) {
  const { t } = useTranslation();
  return (
    <>
      {heading && (
        <div className={styles.heading} role="presentation">
          {t(`shell.palette.group.${command.group}`)}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the text field above handles the keys of the list */}
      <div
        id={`palette-${place}`}
        role="option"
        aria-selected={chosen}
        tabIndex={-1}
        className={`${styles.command} ${chosen ? styles.chosen : ''}`}
        onClick={onRun}
        onMouseMove={onPoint}
        ref={(row) => {
          if (chosen) row?.scrollIntoView?.({ block: 'nearest' });
        }}
      >
        <span>{command.label}</span>
        {command.detail && <span className={styles.detail}>{command.detail}</span>}
      </div>
    </>
  );
}
