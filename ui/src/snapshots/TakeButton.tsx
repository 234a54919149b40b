import { CameraOutlined, CheckOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { memo, useCallback } from 'react';
import { useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { useShown } from '../shared/use-shown';

/** Takes a snapshot of a game after an event. */
export function TakeButton({ game, seq }: { game: string; seq: number }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { mutate, isPending, isSuccess, variables } = useRun('snapshot.create', ({ created }, asked) => {
    void message.success(t(created ? 'snapshots.taken' : 'snapshots.takenBefore', { seq: asked.seq }));
  });
  const shown = useShown({ game, seq });
  const take = useCallback(
    () => mutate(shown(), { onError: (failure) => void message.error(describeFailure(failure).message) }),
    [mutate, shown, message],
  );
  return (
    <Take taking={isPending} taken={isSuccess && variables.seq === seq} disabled={seq === 0} onClick={take} />
  );
}

interface TakeProps {
  taking: boolean;
  taken: boolean;
  disabled: boolean;
  onClick: () => void;
}

/** Mostly the same at every event: not drawn anew for a step. */
const Take = memo(function Take({ taking, taken, disabled, onClick }: TakeProps) {
  const { t } = useTranslation();
  return (
    <Button
      icon={taken ? <CheckOutlined aria-hidden /> : <CameraOutlined aria-hidden />}
      loading={taking}
      disabled={disabled}
      onClick={onClick}
      data-testid="snapshot-take"
      data-taken={taken}
    >
      {t('snapshots.take')}
    </Button>
  );
});
