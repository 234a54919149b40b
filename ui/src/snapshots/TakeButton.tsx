import { CameraOutlined, CheckOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { type GameView, useRun } from '../api';
import { describeFailure } from '../shared/describe';

/** Takes a snapshot of the game at the moment that is shown. */
export function TakeButton({ view: { row, seq } }: { view: GameView }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const take = useRun('snapshot.create', ({ created }) => {
    void message.success(t(created ? 'snapshots.taken' : 'snapshots.takenBefore', { seq }));
  });
  const done = take.isSuccess && take.variables.seq === seq;
  return (
    <Button
      icon={done ? <CheckOutlined aria-hidden /> : <CameraOutlined aria-hidden />}
      loading={take.isPending}
      disabled={seq === 0}
      onClick={() =>
        take.mutate(
          { game: row.id, seq },
          { onError: (failure) => void message.error(describeFailure(failure).message) },
        )
      }
      data-testid="snapshot-take"
      data-taken={done}
    >
      {t('snapshots.take')}
    </Button>
  );
}
