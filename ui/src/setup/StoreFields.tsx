import { FolderOpenOutlined } from '@ant-design/icons';
import { Button, Form, Input, Space } from 'antd';
import { useTranslation } from '../i18n/use-translation';
import { platform } from '../platform';
import styles from './setup.module.css';

/** Where the vault is and what opens it. The passphrase goes to the engine and never comes back. */
export function StoreFields({ newVault }: { newVault: boolean }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const choose = async () => {
    const folder = await platform().chooseFolder();
    if (folder) form.setFieldsValue({ storeUrl: folder });
  };
  return (
    <>
      <Form.Item
        label={t('setup.field.store')}
        extra={newVault ? t('setup.field.storeNew') : t('setup.field.storeOpen')}
        required
        htmlFor="storeUrl"
      >
        <Space.Compact block>
          <Form.Item name="storeUrl" noStyle rules={[{ required: true, message: t('setup.field.required') }]}>
            <Input
              id="storeUrl"
              className={styles.code}
              placeholder="/srv/avalon-vault"
              spellCheck={false}
              data-testid="setup-store-url"
            />
          </Form.Item>
          {platform().canChooseFolder && (
            <Button icon={<FolderOpenOutlined aria-hidden />} onClick={() => void choose()}>
              {t('setup.field.choose')}
            </Button>
          )}
        </Space.Compact>
      </Form.Item>
      <Form.Item
        name="passphrase"
        label={t('setup.field.passphrase')}
        extra={newVault ? t('setup.field.passphraseNew') : t('setup.field.passphraseOpen')}
        rules={[{ required: true, message: t('setup.field.required') }]}
      >
        <Input.Password autoComplete="off" data-testid="setup-passphrase" />
      </Form.Item>
    </>
  );
}
