import { Form, Input, Modal, Select } from 'antd';
import { useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Refusal } from './KeyDialogs';
import styles from './storage.module.css';

/** What may keep a key for the vault; the configuration says where it is. */
const KEEPERS = ['keyring', 'transit', 'aws_kms', 'tencent_kms'] as const;

interface KeeperForm {
  provider: (typeof KEEPERS)[number];
  label?: string;
}

/** Adds the key that a server or the system keeps. Its settings and credentials stay in the configuration. */
export function KeeperDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<KeeperForm>();
  const add = useRun('key.add', onDone);
  const submit = ({ provider, label = '' }: KeeperForm) =>
    add.mutate({ key: { provider }, label: label.trim() });
  return (
    <Modal
      open
      title={t('keys.keeperTitle')}
      onCancel={onClose}
      onOk={form.submit}
      okText={t('keys.add')}
      cancelText={t('common.cancel')}
      okButtonProps={{ loading: add.isPending }}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={submit}
        className={styles.plan}
        initialValues={{ provider: KEEPERS[0] }}
      >
        <p>{t('keys.keeperAbout')}</p>
        <Form.Item name="provider" label={t('storage.keys.kind')}>
          <Select
            options={KEEPERS.map((value) => ({ value, label: t(`storage.keys.provider.${value}`) }))}
            data-testid="keeper-kind"
          />
        </Form.Item>
        <Form.Item name="label" label={t('storage.keys.label')}>
          <Input maxLength={64} placeholder={t('keys.labelHint')} />
        </Form.Item>
        <Refusal failure={add.error} />
      </Form>
    </Modal>
  );
}
