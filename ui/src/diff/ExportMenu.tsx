import { DownloadOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { type DiffFormat, type DiffSide, type DiffView, type GameAt, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useSave } from '../share/use-save';
import { describeFailure } from '../shared/describe';

const FORMATS: DiffFormat[] = ['markdown', 'html', 'json'];

function momentOf({ row, seq, place }: DiffSide): GameAt {
  return { game: row.id, seq, ...place };
}

/** Saves what differs as a file; the engine writes it. */
export function ExportMenu({ view: { before, after, viewer } }: { view: DiffView }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const save = useSave();
  const run = useRun('game.exportDiff', ({ fileName, text }) => void save(fileName, text));
  const write = (format: DiffFormat) =>
    run.mutate(
      {
        diff: {
          before: momentOf(before),
          after: momentOf(after),
          viewer,
        },
        format,
        language: i18n.language === 'en' ? 'en' : 'zh-CN',
      },
      { onError: (failure) => void message.error(describeFailure(failure).message) },
    );
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: FORMATS.map((format) => ({
          key: format,
          label: <span data-testid={`diff-export-${format}`}>{t(`share.formats.${format}`)}</span>,
          onClick: () => write(format),
        })),
      }}
    >
      <Button icon={<DownloadOutlined aria-hidden />} loading={run.isPending} data-testid="diff-export">
        {t('share.export')}
      </Button>
    </Dropdown>
  );
}
