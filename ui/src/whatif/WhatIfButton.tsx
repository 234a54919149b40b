import { BranchesOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView, GameView } from '../api';
import { logSeqOf } from './edits';
import { WhatIfDrawer } from './WhatIfDrawer';

interface WhatIfButtonProps {
  view: GameView;
  event: EventView;
}

/** Asks how the game would have gone with this event otherwise; for god, who knows what nobody at the table did. */
export function WhatIfButton({ view, event }: WhatIfButtonProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const seq = logSeqOf(event);
  if (view.viewer !== 'god' || view.snapshot !== null || seq === null) return null;
  return (
    <div>
      <Button
        size="small"
        icon={<BranchesOutlined aria-hidden />}
        onClick={() => setOpen(true)}
        aria-haspopup="dialog"
        data-testid="what-if-open"
      >
        {t('whatIf.open')}
      </Button>
      {open && <WhatIfDrawer view={view} event={event} seq={seq} onClose={() => setOpen(false)} />}
    </div>
  );
}
