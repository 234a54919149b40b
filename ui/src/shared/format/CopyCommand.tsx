import { CheckOutlined, CodeOutlined } from '@ant-design/icons';
import { Button, type ButtonProps, Tooltip } from 'antd';
import { memo } from 'react';
import { useTranslation } from '../../i18n/use-translation';
import { useCopy } from './use-copy';

interface CopyCommandProps {
  /** The command, or what tells it when it is asked for. */
  command: string | (() => string);
  size?: ButtonProps['size'];
}

/** Copies the command that does the same from a shell. */
export const CopyCommand = memo(function CopyCommand({ command, size }: CopyCommandProps) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  const told = () => (typeof command === 'string' ? command : command());
  return (
    <Tooltip title={() => <code>{told()}</code>}>
      <Button
        icon={copied ? <CheckOutlined aria-hidden /> : <CodeOutlined aria-hidden />}
        onClick={() => copy(told())}
        size={size}
      >
        {copied ? t('common.copied') : t('common.copyCommand')}
      </Button>
    </Tooltip>
  );
});
