import { ShareAltOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GameView } from '../api';
import { ShareDialog } from './ShareDialog';

/** Opens what makes a file of the game. */
export function ShareButton({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<ShareAltOutlined aria-hidden />} onClick={() => setOpen(true)} data-testid="game-share">
        {t('share.open')}
      </Button>
      {open && <ShareDialog view={view} onClose={() => setOpen(false)} />}
    </>
  );
}
