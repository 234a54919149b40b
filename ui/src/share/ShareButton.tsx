import { ShareAltOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { memo, useState } from 'react';
import type { GameView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ShareDialog } from './ShareDialog';

/** Opens what makes a file of the game. */
export const ShareButton = memo(function ShareButton({ shown }: { shown: () => GameView }) {
  const { t } = useTranslation();
  const [shared, setShared] = useState<GameView | null>(null);
  return (
    <>
      <Button
        icon={<ShareAltOutlined aria-hidden />}
        onClick={() => setShared(shown())}
        data-testid="game-share"
      >
        {t('share.open')}
      </Button>
      {shared && <ShareDialog view={shared} onClose={() => setShared(null)} />}
    </>
  );
});
