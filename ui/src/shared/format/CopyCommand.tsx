import { CheckOutlined, CodeOutlined } from '@ant-design/icons';
import { Button, type ButtonProps, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCopy } from './use-copy';

/** Copies the command that does the same from a shell. */
export function CopyCommand({ command, size }: { command: string; size?: ButtonProps['size'] }) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  return (
    <Tooltip title={<code>{command}</code>}>
      <Button
        icon={copied ? <CheckOutlined aria-hidden /> : <CodeOutlined aria-hidden />}
        onClick={() => copy(command)}
        size={size}
      >
        {copied ? t('common.copied') : t('common.copyCommand')}
      </Button>
    </Tooltip>
  );
}
