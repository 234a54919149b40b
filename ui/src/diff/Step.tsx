import { StepBackwardOutlined, StepForwardOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';

interface StepProps {
  label: string;
  disabled: boolean;
  onClick: () => void;
  back?: boolean;
  testId?: string;
}

/** A button that goes one moment on or back. */
export function Step({ label, disabled, onClick, back, testId }: StepProps) {
  return (
    <Tooltip title={label}>
      <Button
        size="small"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
        data-testid={testId}
        icon={back ? <StepBackwardOutlined aria-hidden /> : <StepForwardOutlined aria-hidden />}
      />
    </Tooltip>
  );
}
