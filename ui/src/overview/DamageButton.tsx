import { ThunderboltOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useDialog } from '../shared/dialog';

/** Offers to damage data for practice; only where the data are the sandbox's own. */
export function DamageButton() {
  const { t } = useTranslation();
  const open = useDialog('damage');
  const status = useRead('service.status', {}).data;
  if (status?.environment !== 'sandbox') return null;
  return (
    <Button danger icon={<ThunderboltOutlined aria-hidden />} onClick={open} data-testid="damage-open">
      {t('damage.title')}
    </Button>
  );
}
