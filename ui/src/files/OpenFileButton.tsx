import { FolderOpenOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, type ButtonProps, Modal } from 'antd';
import { useRef, useState } from 'react';
import { type Failure, type OpenedFile, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure, reasonOf } from '../shared/describe';
import { useFormat } from '../shared/format/use-format';
import { keepOpened } from './opened-files';

/** Bytes of the longest file that the engine takes. */
const LONGEST = 16 * 1024 * 1024;
const ENDINGS = '.json,.jsonl,.ndjson,.txt';

interface OpenFileButtonProps {
  label: string;
  look?: ButtonProps['type'];
  /** Where to go with the file; to its games when absent. */
  onOpened?: (file: OpenedFile) => void;
}

/** Why a file could not be opened. */
interface Problem {
  title: string;
  detail: string;
  /** Whether the detail is the engine's own English. */
  english?: boolean;
}

/** Lets the reader choose a file of games, and shows them; nothing is stored. */
export function OpenFileButton({ label, look, onOpened }: OpenFileButtonProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const { open, pending, problem, dismiss } = useOpen(onOpened);
  const choose = () => {
    dismiss();
    input.current?.click();
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={ENDINGS}
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file may be chosen again after it was mended.
          if (file) void open(file).finally(() => (target.value = ''));
        }}
        data-testid="open-file-input"
      />
      <Button
        type={look}
        icon={<FolderOpenOutlined aria-hidden />}
        loading={pending}
        onClick={choose}
        data-testid="open-file"
      >
        {label}
      </Button>
      {problem && (
        <Modal
          open
          title={t('files.problem')}
          onCancel={dismiss}
          footer={
            <>
              <Button onClick={dismiss}>{t('common.close')}</Button>
              <Button type="primary" onClick={choose}>
                {t('files.chooseOther')}
              </Button>
            </>
          }
        >
          <Alert
            type="error"
            showIcon
            title={problem.title}
            description={<span lang={problem.english ? 'en' : undefined}>{problem.detail}</span>}
            data-testid="open-file-problem"
          />
        </Modal>
      )}
    </>
  );
}

function useOpen(onOpened: OpenFileButtonProps['onOpened']) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = useRun('game.open', (opened) => {
    keepOpened(opened);
    if (onOpened) onOpened(opened);
    else void navigate({ to: '/games/file/$fileId', params: { fileId: opened.file } });
  });
  const open = async (file: File) => {
    const { name, size } = file;
    if (size > LONGEST) {
      const [bytes, most] = [format.bytes(size), format.bytes(LONGEST)];
      setProblem({ title: t('files.tooLong', { name, bytes, most }), detail: t('files.tooLongHint') });
      return;
    }
    try {
      const text = await file.text();
      run.mutate({ name, text }, { onError: (failure) => setProblem(refused(failure)) });
    } catch (reason) {
      setProblem({ title: t('files.unreadable', { name }), detail: String(reason), english: true });
    }
    function refused(failure: Failure): Problem {
      const { message, hint } = describeFailure(failure);
      if (failure.code !== 'invalid_request') return { title: message, detail: hint ?? '' };
      return { title: t('files.noGame', { name }), detail: reasonOf(failure), english: true };
    }
  };
  return { open, pending: run.isPending, problem, dismiss: () => setProblem(null) };
}
