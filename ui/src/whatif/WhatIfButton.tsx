import { BranchesOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { memo, useCallback, useState } from 'react';
import type { EventView, GameView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useShown } from '../shared/use-shown';
import { logSeqOf } from './edits';
import { WhatIfDrawer } from './WhatIfDrawer';

interface WhatIfButtonProps {
  view: GameView;
  event: EventView;
}

/** Asks how the game would have gone with this event otherwise; for god, who knows what nobody at the table did. */
export function WhatIfButton({ view, event }: WhatIfButtonProps) {
  const shown = useShown(event);
  // The event that was asked about stays, also where the game plays on.
  const [asked, setAsked] = useState<EventView | null>(null);
  const ask = useCallback(() => setAsked(shown()), [shown]);
  if (view.viewer !== 'god' || view.snapshot !== null || logSeqOf(event) === null) return null;
  const seq = asked && logSeqOf(asked);
  return (
    <div>
      <Ask onClick={ask} />
      {asked && seq !== null && (
        <WhatIfDrawer view={view} event={asked} seq={seq} onClose={() => setAsked(null)} />
      )}
    </div>
  );
}

/** The same at every event: not drawn anew for a step. */
const Ask = memo(function Ask({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button
      size="small"
      icon={<BranchesOutlined aria-hidden />}
      onClick={onClick}
      aria-haspopup="dialog"
      data-testid="what-if-open"
    >
      {t('whatIf.open')}
    </Button>
  );
});
